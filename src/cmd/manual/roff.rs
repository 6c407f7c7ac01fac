//! Just enough of roff, the language of manual pages.

/// A page that grows.
pub struct Page(String);

impl Page {
    /// A page of section 1 with its heading and its first section.
    pub fn new(name: &str, about: &str) -> Self {
        let version = crate::cmd::version::VERSION;
        let mut page = Self(format!(".TH {} 1 \"\" \"etcd {version}\"\n", name.to_uppercase()));
        page.section("NAME");
        page.text(&format!("{name} - {about}"));
        page
    }

    /// A section.
    pub fn section(&mut self, title: &str) {
        self.line(&format!(".SH {}", title.to_uppercase()));
    }

    /// A part of a section.
    pub fn part(&mut self, title: &str) {
        self.line(&format!(".SS {}", escaped(title)));
    }

    /// A paragraph; its lines stay lines.
    pub fn text(&mut self, text: &str) {
        self.line(".PP");
        self.lines(text);
    }

    /// A term and what it means.
    pub fn term(&mut self, term: &str, meaning: &str) {
        self.line(".TP");
        self.line(&format!("\\fB{}\\fR", escaped(term)));
        self.lines(meaning);
    }

    /// The page.
    pub fn end(self) -> String {
        self.0
    }

    fn lines(&mut self, text: &str) {
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                self.line(".br");
            }
            let line = escaped(line);
            // A line that begins so would be a command.
            let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
            self.line(&format!("{guard}{line}"));
        }
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_a_command() {
        let mut page = Page::new("x", "y");
        page.text("'a'\n.b \\ --c");
        assert!(page.end().ends_with(".PP\n\\&'a'\n.br\n\\&.b \\e \\-\\-c\n"));
    }
}
