//! Work that takes longer than a request: what it is, and the states it goes through.

use model::{Id, Timestamp};

use super::user::User;

/// What a job lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    ProgramEnrollments,
    CourseRunEnrollments {
        /// The platform's key of the run.
        course_key: String,
    },
    Completions,
}

impl Task {
    /// As job names and tables spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ProgramEnrollments => "list_program_enrollments",
            Self::CourseRunEnrollments { .. } => "list_course_run_enrollments",
            Self::Completions => "list_completions",
        }
    }

    /// The course run that it is about, if it is about one.
    pub fn course_key(&self) -> Option<&str> {
        match self {
            Self::CourseRunEnrollments { course_key } => Some(course_key),
            Self::ProgramEnrollments | Self::Completions => None,
        }
    }

    /// The task with this [`Task::name`] and [`Task::course_key`].
    pub fn named(name: &str, course_key: Option<String>) -> Option<Self> {
        match course_key {
            Some(course_key) => Some(Self::CourseRunEnrollments { course_key }),
            None if name == Self::ProgramEnrollments.name() => Some(Self::ProgramEnrollments),
            None => Some(Self::Completions),
        }
        .filter(|task| task.name() == name)
    }
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

impl Format {
    /// The value of `fmt`, and the ending of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// Reads a value of `fmt`, to the letter.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Json, Self::Csv].into_iter().find(|format| format.name() == name)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Pending,
    InProgress,
    Succeeded,
    Failed,
    Canceled,
    Retrying,
}

impl JobState {
    const ALL: [Self; 6] = [
        Self::Pending,
        Self::InProgress,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
        Self::Retrying,
    ];

    /// As clients and tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "In Progress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Canceled => "Canceled",
            Self::Retrying => "Retrying",
        }
    }

    /// Reads the spelling of [`JobState::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is asked of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub task: Task,
    pub program_key: String,
    pub format: Format,
    /// Whether learners' usernames and e-mail addresses are written: decided when it was asked for.
    pub with_accounts: bool,
    /// Whether it is written who is course staff: decided when it was asked for.
    pub with_course_staff: bool,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: Id<Job>,
    pub user_id: Id<User>,
    pub order: Order,
    pub state: JobState,
    /// How often it was begun.
    pub attempts: i32,
    pub created_at: Timestamp,
    pub failure: Option<Failure>,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: String,
    pub message: String,
}

/// The codes of [`Failure`].
pub mod failure {
    /// The program is gone or has another key by now.
    pub const BAD_PROGRAM_KEY: &str = "bad-program-key";
    /// It took longer than it may.
    pub const TIME_LIMIT: &str = "time-limit";
    /// Its workers died, or failed for another reason of ours, too often.
    pub const WORKER_LOST: &str = "worker-lost";
}

impl Failure {
    /// A failure with one of the codes of [`failure`].
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl Job {
    /// What clients show; they take it apart at the colons.
    pub fn name(&self) -> String {
        format!("{}:read:{}", self.order.program_key, self.order.task.name())
    }

    /// The name of its result's file.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.id, self.order.format.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Task;

    #[test]
    fn a_task_is_known_by_its_name_and_its_course_run() {
        for task in [
            Task::ProgramEnrollments,
            Task::CourseRunEnrollments { course_key: "A/B/C".to_owned() },
            Task::Completions,
        ] {
            let course_key = task.course_key().map(str::to_owned);
            assert_eq!(Task::named(task.name(), course_key), Some(task));
        }
        assert_eq!(Task::named("list_course_run_enrollments", None), None);
        assert_eq!(Task::named("list_completions", Some("A/B/C".to_owned())), None);
    }
}
