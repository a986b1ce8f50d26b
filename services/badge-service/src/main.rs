//! Runs the badge service alone.

fn main() -> anyhow::Result<()> {
    chassis::run::<badge_service::BadgeService>()
}
