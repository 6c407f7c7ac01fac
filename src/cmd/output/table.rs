//! Tables as etcdctl 3.7 draws them: a box, headings in capitals and centred, cells on the right.

use comfy_table::{Cell, CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

/// Draws the table, with a line end.
pub fn draw(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut style = TableStyle::new()
        .top_border(LineStyle::new('┌', '─', '┬', '┐'))
        .header_lines(ContentLineStyle::new('│', '│', '│'))
        .content_lines(ContentLineStyle::new('│', '│', '│'))
        .bottom_border(LineStyle::new('└', '─', '┴', '┘'));
    if !rows.is_empty() {
        style = style.header_separator(LineStyle::new('├', '─', '┼', '┤'));
    }
    let mut table = Table::new();
    table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
    let heading = |(column, name): (usize, &&str)| {
        let name = name.replace('_', " ").to_uppercase();
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let width = cells.max().unwrap_or(0).max(name.len());
        // Centred by hand: a space that is left over stands on the right here, and on the left in comfy-table.
        let left = (width - name.len()) / 2;
        Cell::new(format!("{:left$}{name}", ""))
    };
    table.set_header(headings.iter().enumerate().map(heading));
    for row in rows {
        table.add_row(row.iter().map(|text| Cell::new(text).set_alignment(CellAlignment::Right)));
    }
    format!("{table}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_real_one_draws_it() {
        let rows =
            [vec!["127.0.0.1:21379".into(), "3628877040".into(), "2".into()], vec!["x:1".into(), "".into(), "".into()]];
        let expected = "\
┌─────────────────┬────────────┬───────────────┐
│    ENDPOINT     │    HASH    │ HASH REVISION │
├─────────────────┼────────────┼───────────────┤
│ 127.0.0.1:21379 │ 3628877040 │             2 │
│             x:1 │            │               │
└─────────────────┴────────────┴───────────────┘
";
        assert_eq!(draw(&["endpoint", "hash", "hash_revision"], &rows), expected);
    }

    #[test]
    fn without_rows_only_the_headings_stand() {
        assert_eq!(draw(&["a", "b"], &[]), "┌───┬───┐\n│ A │ B │\n└───┴───┘\n");
    }
}
