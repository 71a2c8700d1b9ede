//! `ArcSight`'s Common Event Format, version 0: a header between bars, then pairs.

use super::Product;
use crate::audit::chain::Link;
use crate::hex;

/// Of 0 to 10: something that was done, and nothing that is wrong.
const SEVERITY: u8 = 3;

pub(super) fn event(link: &Link, product: Product) -> String {
    let action = in_header(&link.action);
    let (name, version) = (in_header(product.name), in_header(product.version));
    let mut pairs = Vec::new();
    let mut pair = |key: &str, value: &str| pairs.push(format!("{key}={}", in_value(value)));
    pair("rt", &link.at.0.to_string());
    pair("externalId", &format!("{}-{}", link.workspace, link.seq));
    pair("act", &link.action);
    if let Some(content) = &link.content {
        pair("suid", &content.principal);
        pair("cs1Label", "subject");
        pair("cs1", &content.subject);
        pair("cs2Label", "detail");
        pair("cs2", &content.detail);
    } else {
        pair("outcome", "erased");
    }
    pair("cs3Label", "hash");
    pair("cs3", &hex::encode(&link.hash));
    format!("CEF:0|{name}|{name}|{version}|{action}|{action}|{SEVERITY}|{}", pairs.join(" "))
}

fn in_header(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn in_value(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::{BEGINNING, Content};
    use crate::clock::Timestamp;

    #[test]
    fn a_value_can_neither_end_its_pair_nor_its_line_nor_the_header() {
        let content = Content {
            principal: "eve act=user.delete\nCEF:0|".into(),
            subject: "a|b\\".into(),
            detail: "{}".into(),
            salt: [0; 16],
        };
        let link = Link {
            workspace: 1,
            seq: 7,
            at: Timestamp(5),
            action: "note|x.create".into(),
            content: Some(content),
            commitment: BEGINNING,
            hash: BEGINNING,
        };
        let line = event(&link, Product { name: "kettle", version: "1" });
        assert_eq!(line.lines().count(), 1);
        assert!(line.contains("|note\\|x.create|note\\|x.create|3|rt=5 externalId=1-7 "), "{line}");
        assert!(line.contains(" suid=eve act\\=user.delete\\nCEF:0| cs1Label=subject cs1=a|b\\\\ "), "{line}");
    }
}
