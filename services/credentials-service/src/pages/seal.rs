//! The seal: a guilloche drawn from the certificate's id, so that no two look alike.

use std::f64::consts::TAU;

use serde::Serialize;
use uuid::Uuid;

/// The ornament in a square from -100 to 100.
#[derive(Debug, Serialize)]
pub struct Seal {
    pub rings: Vec<Ring>,
}

/// One closed curve and the angles, in degrees, by which it is repeated.
#[derive(Debug, Serialize)]
pub struct Ring {
    pub path: String,
    pub turns: Vec<String>,
}

/// The seal of this id.
pub fn of(id: Uuid) -> Seal {
    let byte = |index: usize| u32::from(id.as_bytes()[index]);
    Seal {
        rings: vec![
            ring(76.0, 8.5, 18 + byte(0) % 9, 3 + byte(3) % 2),
            ring(59.0, 10.0, 9 + byte(1) % 8, 4 + byte(4) % 3),
            ring(43.0, 8.0, 7 + byte(2) % 6, 3 + byte(5) % 3),
        ],
    }
}

/// A circle of this radius with `lobes` waves of this height, drawn `copies` times so that the
/// waves interlace.
fn ring(radius: f64, height: f64, lobes: u32, copies: u32) -> Ring {
    let step = TAU / f64::from(lobes * copies);
    let turns = (1..copies).map(|copy| format!("{:.2}", (step * f64::from(copy)).to_degrees()));
    Ring { path: wave(radius, height, f64::from(lobes), lobes * 6), turns: turns.collect() }
}

/// A closed wave around the centre, as cubic curves through `points` points.
fn wave(radius: f64, height: f64, lobes: f64, points: u32) -> String {
    let third = TAU / f64::from(points) / 3.0;
    let at = |index: u32| {
        let angle = TAU * f64::from(index) / f64::from(points);
        let distance = radius + height * (lobes * angle).sin();
        let slope = height * lobes * (lobes * angle).cos();
        let (sin, cos) = angle.sin_cos();
        let point = (distance * cos, distance * sin);
        (point, (slope * cos - distance * sin, slope * sin + distance * cos))
    };
    let ((x, y), _) = at(0);
    let mut path = format!("M{x:.1} {y:.1}");
    for index in 0..points {
        let ((x, y), (dx, dy)) = at(index);
        let ((to_x, to_y), (to_dx, to_dy)) = at(index + 1);
        let (x1, y1) = (x + third * dx, y + third * dy);
        let (x2, y2) = (to_x - third * to_dx, to_y - third * to_dy);
        path.push_str(&format!("C{x1:.1} {y1:.1} {x2:.1} {y2:.1} {to_x:.1} {to_y:.1}"));
    }
    path.push('Z');
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_id_gives_the_same_seal_and_another_id_another() {
        let first = of(Uuid::from_u128(1));
        let same = of(Uuid::from_u128(1));
        let other = of(Uuid::from_u128(u128::MAX));
        assert_eq!(first.rings[0].path, same.rings[0].path);
        assert_ne!(first.rings[0].path, other.rings[0].path);
    }

    #[test]
    fn a_seal_stays_small_enough_to_be_part_of_the_page() {
        for id in [0, u128::MAX] {
            let size: usize = of(Uuid::from_u128(id)).rings.iter().map(|r| r.path.len()).sum();
            assert!(size < 16_000, "{size}");
        }
    }
}
