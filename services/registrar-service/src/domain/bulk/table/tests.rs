use super::{Fault, Row, RowKind, Table, UnreadableTable};
use crate::domain::{
    change::Status, course_enrollment::CourseStatus, enrollment::EnrollmentStatus,
    enrollment_batch::CourseStaff,
};

type Read<S> = Result<Vec<Row<S>>, UnreadableTable>;

fn read<S: Status>(kind: RowKind, staff: CourseStaff, body: &str) -> Read<S> {
    let mut table = Table::new(kind, staff, 3);
    let mut rows = table.feed(body.as_bytes())?;
    rows.extend(table.end()?);
    Ok(rows)
}

/// Name and status, or name and fault, of each row.
fn told<S: Status>(read: Read<S>) -> Vec<(String, &'static str)> {
    let told = |row: Row<S>| {
        (row.name, row.asked.map_or_else(|fault| fault.name::<S>(), |asked| asked.status.name()))
    };
    read.unwrap().into_iter().map(told).collect()
}

fn program(kind: RowKind, body: &str) -> Vec<(String, &'static str)> {
    told(read::<EnrollmentStatus>(kind, CourseStaff::Ignored, body))
}

fn named(rows: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    rows.iter().map(|(name, told)| ((*name).to_owned(), *told)).collect()
}

#[test]
fn each_line_is_a_row_of_its_own_however_wrong_its_neighbours_are() {
    let body = "\u{FEFF}{\"student_key\": \" a\", \"status\": \" enrolled \"}\n\n\
                {\"student_key\": \"b\", \"status\":\n[]";
    let expected =
        named(&[(" a", "enrolled"), ("row #2", "invalid-row"), ("row #3", "invalid-row")]);
    assert_eq!(program(RowKind::JsonLines, body), expected);

    let body = "{\"student_key\": \"a\", \"status\": 5}\n{\"student_key\": 5}\n\
                {\"student_key\": \"c\", \"status\": \"ended\", \"sex\": null}\n";
    let expected = named(&[
        ("a", "invalid-status"),
        ("row #2", "invalid-student-key"),
        ("c", "unknown-column"),
    ]);
    assert_eq!(program(RowKind::JsonLines, body), expected);
}

#[test]
fn columns_of_csv_stand_in_any_order_and_rows_are_counted_without_the_header() {
    let body = "\u{FEFF} Status ,student_key\r\nenrolled,\"a,1\"\r\n\r\nended\r\npending,b,c\r\n";
    let expected =
        named(&[("a,1", "enrolled"), ("row #2", "invalid-student-key"), ("b", "unknown-column")]);
    assert_eq!(program(RowKind::Csv, body), expected);
    assert_eq!(program(RowKind::Csv, "student_key,status"), []);
    assert_eq!(program(RowKind::Csv, "student_key,status\na\nb,\n").len(), 2);
}

#[test]
fn a_header_that_is_not_right_is_nobodys_row() {
    let read = |body| read::<EnrollmentStatus>(RowKind::Csv, CourseStaff::Ignored, body);

    for (body, text) in [
        ("", "CSV is missing headers [student_key, status]"),
        ("\n\n", "CSV is missing headers [student_key, status]"),
        ("student_key\na\n", "CSV is missing headers [status]"),
        ("student_key,status,sex\n", "CSV has unknown headers [sex]"),
        ("student_key,status,course_staff\n", "CSV has unknown headers [course_staff]"),
        ("student_key,status,Status\n", "CSV has repeated headers [status]"),
        (&"x".repeat(9000), "CSV header is not readable"),
        ("student_key,\"status\na,ended\n", "CSV quote in line 1 is not closed"),
    ] {
        assert_eq!(read(body).unwrap_err().to_string(), text, "{body}");
    }
}

#[test]
fn what_is_wrong_first_is_said_wherever_the_network_cuts() {
    let read = |pieces: &[&str]| {
        let mut table = Table::new(RowKind::Csv, CourseStaff::Ignored, 3);
        pieces
            .iter()
            .try_for_each(|piece| table.feed::<EnrollmentStatus>(piece.as_bytes()).map(drop))
    };
    let row = "a,ended\n";
    let (header, quote) = ("student_key,status\n", "\"b\n\"c");

    for pieces in [&[header, row, quote][..], &[&format!("{header}{row}{quote}")]] {
        let text = read(pieces).unwrap_err().to_string();
        assert_eq!(text, "CSV quote in line 3 is not closed");
    }
    let rows = row.repeat(4);
    for pieces in [&[header, &rows, quote][..], &[&format!("{header}{rows}{quote}")]] {
        assert_eq!(read(pieces), Err(UnreadableTable::TooManyRows(3)));
    }
}

#[test]
fn one_row_more_than_there_may_be_is_too_many_but_empty_lines_are_no_rows() {
    let row = "{\"student_key\": \"a\", \"status\": \"ended\"}\n\n";
    let read =
        |n| read::<EnrollmentStatus>(RowKind::JsonLines, CourseStaff::Ignored, &row.repeat(n));

    assert_eq!(read(3).unwrap().len(), 3);
    assert_eq!(read(4), Err(UnreadableTable::TooManyRows(3)));
}

#[test]
fn course_staff_is_a_flag_in_json_and_a_word_in_csv() {
    let staff = |kind, staff, body: &str| -> Vec<_> {
        let rows = read::<CourseStatus>(kind, staff, body).unwrap();
        rows.into_iter().map(|row| row.asked.map(|asked| asked.course_staff)).collect()
    };
    let json = "{\"student_key\": \"a\", \"status\": \"active\", \"course_staff\": true}\n\
                {\"student_key\": \"b\", \"status\": \"active\", \"course_staff\": null}\n\
                {\"student_key\": \"c\", \"status\": \"active\", \"course_staff\": \"yes\"}\n";
    let (accepted, refused) = (CourseStaff::Accepted, CourseStaff::Refused);
    let expected = [Ok(Some(true)), Ok(None), Err(Fault::CourseStaff)];
    assert_eq!(staff(RowKind::JsonLines, accepted, json), expected);
    let refusals = [Err(Fault::CourseStaffNotEnabled), Ok(None), Err(Fault::CourseStaff)];
    assert_eq!(staff(RowKind::JsonLines, refused, json), refusals);

    let csv = "student_key,status,course_staff\na,active,YES\nb,active,\nc,active,perhaps\n";
    let expected = [Ok(Some(true)), Ok(None), Err(Fault::CourseStaff)];
    assert_eq!(staff(RowKind::Csv, accepted, csv), expected);
    assert_eq!(staff(RowKind::Csv, refused, csv), refusals);
}
