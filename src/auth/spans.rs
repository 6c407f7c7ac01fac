//! Sets of keys, as a sorted list of intervals that neither overlap nor touch.

use crate::key::KeyRange;
use bytes::Bytes;

/// `[start, end)`, without an end when everything from `start` on is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    start: Bytes,
    end: Option<Bytes>,
}

/// A set of keys. The empty text is no key and never inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans {
    sorted: Vec<Span>,
}

impl Spans {
    /// The union of the ranges. One that is empty, or begins with the empty text, adds nothing.
    pub fn of<'a>(ranges: impl IntoIterator<Item = &'a KeyRange>) -> Self {
        let mut spans: Vec<Span> = ranges.into_iter().filter_map(Span::of).collect();
        spans.sort_by(|left, right| left.start.cmp(&right.start));
        let mut sorted: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match sorted.last_mut() {
                Some(last) if last.reaches(&span.start) => last.extend(span.end),
                _ => sorted.push(span),
            }
        }
        Self { sorted }
    }

    /// Is every key of the range inside? For a range that is empty: is its first key?
    pub fn cover(&self, range: &KeyRange) -> bool {
        let Some(span) = self.span_with(range.start()) else { return false };
        match (range, &span.end) {
            (_, None) | (KeyRange::Point(_), _) => true,
            (KeyRange::From(_), Some(_)) => false,
            (KeyRange::Span { end, .. }, Some(last)) => end <= last,
        }
    }

    /// Is the key inside?
    pub fn contain(&self, key: &[u8]) -> bool {
        self.span_with(key).is_some()
    }

    fn span_with(&self, key: &[u8]) -> Option<&Span> {
        // Of all spans that begin at or before the key only the last can hold it.
        let behind = self.sorted.partition_point(|span| span.start.as_ref() <= key);
        let span = &self.sorted[behind.checked_sub(1)?];
        span.holds(key).then_some(span)
    }
}

impl Span {
    fn of(range: &KeyRange) -> Option<Self> {
        if range.is_empty() || range.start().is_empty() {
            return None;
        }
        Some(match range {
            KeyRange::Point(key) => Self { start: key.clone(), end: Some([key.as_ref(), &[0]].concat().into()) },
            KeyRange::Span { start, end } => Self { start: start.clone(), end: Some(end.clone()) },
            KeyRange::From(start) => Self { start: start.clone(), end: None },
        })
    }

    fn holds(&self, key: &[u8]) -> bool {
        self.end.as_ref().is_none_or(|end| key < end.as_ref())
    }

    /// Is there no key between its end and `start`?
    fn reaches(&self, start: &Bytes) -> bool {
        self.end.as_ref().is_none_or(|end| start <= end)
    }

    fn extend(&mut self, end: Option<Bytes>) {
        self.end = match (self.end.take(), end) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
    }
}
