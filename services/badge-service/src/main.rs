//! Runs the badge service alone.

fn main() -> std::process::ExitCode {
    chassis::run::<badge_service::BadgeService>()
}
