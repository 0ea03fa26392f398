//! The sentences of a document. Line breaks do not matter.

/// The list items and paragraphs from a heading to the next, without code, tables, images and comments.
pub(super) struct Section {
    blocks: Vec<String>,
}

impl Section {
    pub(super) fn find(text: &str, title: &str) -> Option<Self> {
        let is_heading = |line: &&str| line.starts_with('#');
        let mut lines = text.lines().skip_while(|line| !is_heading(line) || heading(line) != title);
        lines.next()?;
        let mut blocks = vec![String::new()];
        let mut is_code = false;
        for line in lines.take_while(|line| !is_heading(line)) {
            is_code ^= line.starts_with("```");
            // The rest of a line after a comment or an image is read.
            let is_mark = [("```", ""), ("|", ""), ("![", ")"), ("<!--", "-->")]
                .iter()
                .any(|(start, end)| line.starts_with(start) && line.ends_with(end));
            if is_code || is_mark {
                continue;
            }
            if line.starts_with("- ") || line.is_empty() {
                blocks.push(String::new());
            }
            if let Some(block) = blocks.last_mut() {
                block.push_str(line.strip_prefix("- ").unwrap_or(line));
                block.push(' ');
            }
        }
        Some(Self { blocks: blocks.iter().map(|block| words(block)).collect() })
    }

    /// What is left of each block without these sentences.
    pub(super) fn without(&self, says: &[&str]) -> Vec<String> {
        let left = |block: &String| says.iter().fold(block.clone(), |left, it| left.replace(&words(it), ""));
        self.blocks.iter().map(|block| words(&left(block))).filter(|left| !left.is_empty()).collect()
    }
}

fn heading(line: &str) -> &str {
    line.trim_start_matches('#').trim()
}

/// The sentences that do not occur exactly once in the document.
pub(super) fn absent<'s>(text: &str, says: &[&'s str]) -> Vec<&'s str> {
    let lines = text.lines().map(|line| line.strip_prefix("- ").unwrap_or(line));
    let text = words(&lines.collect::<Vec<_>>().join(" "));
    says.iter().copied().filter(|it| text.matches(&words(it)).count() != 1).collect()
}

/// Replaces each run of white space by one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Section, absent};

    const TEXT: &str = "# A crate\n\nIt signs.\nIt is\nsmall.\n\n```sh\ncargo test\n```\n\n## Promises\n\n\
                        - No heap. No\n  panic.\n- No `unsafe`.\n\n<!-- Whose. -->\n\
                        | a | table |\n![A chart](a.svg)\n\n## The rest\n\nWords.\n";

    #[test]
    fn a_sentence_is_found_across_lines_and_a_changed_one_is_reported() {
        assert!(absent(TEXT, &["It is small.", "No panic."]).is_empty());
        assert_eq!(absent(TEXT, &["It is tiny."]), ["It is tiny."]);
    }

    #[test]
    fn a_sentence_that_occurs_twice_is_reported() {
        assert_eq!(absent("No heap. No heap.", &["No heap."]), ["No heap."]);
    }

    #[test]
    fn a_sentence_that_is_not_listed_is_left() {
        let left = |title, says: &[&str]| Section::find(TEXT, title).map(|it| it.without(says));
        assert_eq!(left("Promises", &["No heap.", "No panic.", "No `unsafe`."]), Some(vec![]));
        assert_eq!(left("Promises", &["No heap.", "No `unsafe`."]), Some(vec!["No panic.".to_owned()]));
        assert_eq!(left("A crate", &["It signs."]), Some(vec!["It is small.".to_owned()]));
        assert_eq!(left("Promise", &[]), None);
    }

    #[test]
    fn a_sentence_after_a_comment_or_an_image_is_read() {
        for line in ["<!-- No heap. --> No panic.", "![A chart](a.svg) No panic."] {
            let left = Section::find(&format!("# A\n{line}\n"), "A").map(|it| it.without(&[]));
            assert_eq!(left, Some(vec![line.to_owned()]));
        }
    }
}
