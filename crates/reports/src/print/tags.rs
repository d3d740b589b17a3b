//! How the pages are to be read: headings, paragraphs and tables, whatever page their parts are on.

use std::num::{NonZeroU16, NonZeroU32};

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// A part of what is read. Each text is a leaf, by its number.
pub enum Block {
    Heading(NonZeroU16, String, usize),
    Paragraph(usize),
    /// What a chart shows, for who does not see it.
    Figure(String, usize),
    Table(TableTags),
}

/// A table.
pub struct TableTags {
    /// What it shows.
    pub summary: String,
    pub columns: usize,
    /// What each column is called.
    pub head: Vec<usize>,
    pub rows: Vec<Row>,
}

/// A row of a table.
pub enum Row {
    /// One cell for all columns.
    Across(usize),
    /// The texts of each cell.
    Cells(Vec<Vec<usize>>),
}

/// What was drawn of each leaf.
pub type Marked = Vec<Vec<Identifier>>;

struct Leaves(Marked);

impl Leaves {
    /// What was drawn of some leaves, under a tag.
    fn under(&mut self, tag: impl Into<TagKind>, leaves: &[usize]) -> TagGroup {
        let drawn = |leaf: &usize| self.0.get_mut(*leaf).map(std::mem::take).unwrap_or_default();
        let nodes = leaves.iter().flat_map(drawn).map(Node::Leaf).collect();
        TagGroup::with_children(tag, nodes)
    }
}

/// All that is read, in its order.
pub fn tree(blocks: Vec<Block>, marked: Marked, language: &str) -> TagTree {
    let mut leaves = Leaves(marked);
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for block in blocks {
        tree.push(match block {
            Block::Heading(level, title, leaf) => {
                leaves.under(Tag::Hn(level, Some(title)), &[leaf])
            }
            Block::Paragraph(leaf) => leaves.under(Tag::P, &[leaf]),
            Block::Figure(about, leaf) => leaves.under(Tag::Figure(Some(about)), &[leaf]),
            Block::Table(table) => in_table(&mut leaves, table),
        });
    }
    tree
}

fn in_table(leaves: &mut Leaves, table: TableTags) -> TagGroup {
    let columns = u32::try_from(table.columns).ok().and_then(NonZeroU32::new);
    let mut head = TagGroup::new(Tag::TR);
    for leaf in table.head {
        head.push(leaves.under(Tag::TH(TableHeaderScope::Column), &[leaf]));
    }
    let mut body = TagGroup::new(Tag::TBody);
    for row in table.rows {
        let mut cells = TagGroup::new(Tag::TR);
        match row {
            Row::Across(leaf) => {
                cells.push(leaves.under(Tag::TD.with_col_span(columns), &[leaf]));
            }
            Row::Cells(texts) => {
                for leaf in texts {
                    cells.push(leaves.under(Tag::TD, &leaf));
                }
            }
        }
        body.push(cells);
    }
    let head = TagGroup::with_children(Tag::THead, vec![Node::Group(head)]);
    let parts = vec![Node::Group(head), Node::Group(body)];
    TagGroup::with_children(Tag::Table.with_summary(Some(table.summary)), parts)
}
