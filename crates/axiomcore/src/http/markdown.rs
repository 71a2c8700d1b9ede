//! As much of Markdown as help texts use: paragraphs, lists, `code`.

/// The HTML of a text. Everything else in it stays what it is: text.
pub(super) fn html(text: &str) -> String {
    text.split("\n\n").map(block).collect()
}

fn block(text: &str) -> String {
    let items: Option<Vec<&str>> = text.lines().map(|line| line.strip_prefix("- ")).collect();
    match items {
        Some(items) => {
            let items: String = items.into_iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
            format!("<ul>{items}</ul>")
        }
        None => format!("<p>{}</p>", inline(text)),
    }
}

fn inline(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) })
        .collect()
}

/// A text that cannot be taken for markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_code_become_html_and_nothing_else_does() {
        let text = "Send `<a>` & more.\n\n- one\n- `two`";
        let expected = "<p>Send <code>&lt;a&gt;</code> &amp; more.</p><ul><li>one</li><li><code>two</code></li></ul>";
        assert_eq!(html(text), expected);
    }
}
