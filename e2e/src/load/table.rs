//! The one table at the end.

/// A row: what, the figure, the ceiling beside it, what is aimed at.
pub struct Row {
    pub what: String,
    pub figure: String,
    pub beside: String,
    pub aim: &'static str,
}

/// Rows in the order in which they were measured.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a row, and prints it at once: a run takes minutes.
    pub fn add(
        &mut self,
        what: impl Into<String>,
        figure: String,
        beside: String,
        aim: &'static str,
    ) {
        let row = Row { what: what.into(), figure, beside, aim };
        println!("… {}: {}", row.what, row.figure);
        self.0.push(row);
    }

    /// The table in Markdown.
    pub fn markdown(&self) -> String {
        let mut lines = vec![
            "| what | measured | beside it | aim |".to_owned(),
            "| --- | --- | --- | --- |".to_owned(),
        ];
        lines.extend(self.0.iter().map(|row| {
            format!("| {} | {} | {} | {} |", row.what, row.figure, row.beside, row.aim)
        }));
        lines.join("\n")
    }
}
