//! Page numbers, as the old lists show them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Refusal;

/// Which page of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageNumber {
    Number(u64),
    Last,
}

impl PageNumber {
    /// Reads `?page=`: absent and empty mean the first.
    ///
    /// # Errors
    ///
    /// 404 `Invalid page.` for what is no page number.
    pub fn read(text: Option<&str>) -> Result<Self, Refusal> {
        match text {
            None | Some("") => Ok(Self::Number(1)),
            Some("last") => Ok(Self::Last),
            Some(text) => match text.trim().parse() {
                Ok(number) if number >= 1 => Ok(Self::Number(number)),
                _ => Err(invalid_page()),
            },
        }
    }

    /// The page's number and its offset in a list of `count` items.
    ///
    /// # Errors
    ///
    /// 404 beyond the end; the first page of an empty list exists.
    pub fn within(self, count: u64, page_size: u64) -> Result<Page, Refusal> {
        let pages = count.div_ceil(page_size).max(1);
        let number = match self {
            Self::Last => pages,
            Self::Number(number) if number <= pages => number,
            Self::Number(_) => return Err(invalid_page()),
        };
        Ok(Page { number, pages, count, offset: (number - 1) * page_size })
    }
}

fn invalid_page() -> Refusal {
    Refusal::NotFound("Invalid page.".to_owned())
}

/// A page that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u64,
    pub pages: u64,
    /// Items in the whole list.
    pub count: u64,
    /// Items before this page.
    pub offset: u64,
}

/// A page as the client reads it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Paged<T> {
    pub count: u64,
    pub next: Option<String>,
    pub previous: Option<String>,
    pub results: Vec<T>,
}

impl Page {
    /// Puts `results` between links to the pages around.
    ///
    /// `url` is absolute and has no query; `query` is the request's, whose other parameters are
    /// kept, sorted by name. The link to the first page has no `page`.
    pub fn of<T>(self, results: Vec<T>, url: &str, query: &[(String, String)]) -> Paged<T> {
        let link = |number: u64| {
            let mut kept: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (name, value) in query.iter().filter(|(name, _)| name != "page") {
                kept.entry(name).or_default().push(value);
            }
            let number = number.to_string();
            if number != "1" {
                kept.insert("page", vec![&number]);
            }
            let pairs: Vec<(&str, &str)> = kept
                .iter()
                .flat_map(|(name, values)| values.iter().map(|value| (*name, *value)))
                .collect();
            match serde_urlencoded::to_string(&pairs) {
                Ok(text) if !text.is_empty() => format!("{url}?{text}"),
                _ => url.to_owned(),
            }
        };
        Paged {
            count: self.count,
            next: (self.number < self.pages).then(|| link(self.number + 1)),
            previous: (self.number > 1).then(|| link(self.number - 1)),
            results,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PageNumber;

    #[test]
    fn links_keep_and_sort_the_other_parameters_and_the_first_page_has_no_number() {
        let query = vec![
            ("username".to_owned(), "pat".to_owned()),
            ("page".to_owned(), "2".to_owned()),
            ("limit".to_owned(), "5".to_owned()),
        ];
        let page = PageNumber::read(Some("2")).unwrap().within(45, 20).unwrap();
        let paged = page.of(vec![1], "http://h/x/", &query);

        assert_eq!(paged.next.as_deref(), Some("http://h/x/?limit=5&page=3&username=pat"));
        assert_eq!(paged.previous.as_deref(), Some("http://h/x/?limit=5&username=pat"));
    }

    #[test]
    fn pages_that_do_not_exist_are_refused() {
        for text in ["0", "-1", "x", "1.5"] {
            assert!(PageNumber::read(Some(text)).is_err(), "{text}");
        }
        assert!(PageNumber::Number(2).within(20, 20).is_err());
        assert!(PageNumber::Number(1).within(0, 20).is_ok());
        assert_eq!(PageNumber::Last.within(41, 20).unwrap().number, 3);
    }
}
