//! Configurations: what can be awarded, and how it is shown.

use model::{Id, Timestamp};

use super::catalog::Program;

/// The modes that a course configuration may be made for. An award may bring others along.
pub const CERTIFICATE_TYPES: [&str; 5] =
    ["honor", "verified", "professional", "no-id-professional", "masters"];

/// What can be awarded for one course run in one mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseCertificate {
    pub id: i64,
    pub course_id: String,
    /// The run in the catalog, if it is there.
    pub course_run_id: Option<i64>,
    pub certificate_type: String,
    pub title: Option<String>,
    pub is_active: bool,
    pub certificate_available_date: Option<Timestamp>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

/// What can be awarded for one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramCertificate {
    pub id: i64,
    pub program_uuid: Id<Program>,
    /// The program in the catalog, if it is there.
    pub program_id: Option<i64>,
    pub title: Option<String>,
    pub is_active: bool,
    /// Whether the page shows organizations' names instead of their keys.
    pub use_org_name: bool,
    pub include_hours_of_effort: bool,
    pub language: Option<String>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

/// Chooses among the configurations of one run: the only one, else the one of this mode, else the
/// oldest.
pub fn choose(
    mut certificates: Vec<CourseCertificate>,
    mode: Option<&str>,
) -> Option<CourseCertificate> {
    certificates.sort_by_key(|certificate| certificate.id);
    let fitting = certificates
        .iter()
        .position(|certificate| Some(certificate.certificate_type.as_str()) == mode)
        .unwrap_or(0);
    (fitting < certificates.len()).then(|| certificates.swap_remove(fitting))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{CourseCertificate, choose};

    fn certificate(id: i64, mode: &str) -> CourseCertificate {
        CourseCertificate {
            id,
            course_id: "a/b/c".to_owned(),
            course_run_id: None,
            certificate_type: mode.to_owned(),
            title: None,
            is_active: true,
            certificate_available_date: None,
            created: DateTime::UNIX_EPOCH.into(),
            modified: DateTime::UNIX_EPOCH.into(),
        }
    }

    #[test]
    fn the_only_one_then_the_mode_then_the_oldest_is_chosen() {
        let chosen = |all, mode| choose(all, mode).map(|certificate| certificate.id);
        let both = || vec![certificate(2, "verified"), certificate(1, "honor")];

        assert_eq!(chosen(vec![certificate(7, "honor")], Some("verified")), Some(7));
        assert_eq!(chosen(both(), Some("verified")), Some(2));
        assert_eq!(chosen(both(), Some("masters")), Some(1));
        assert_eq!(chosen(both(), None), Some(1));
        assert_eq!(chosen(vec![], Some("honor")), None);
    }
}
