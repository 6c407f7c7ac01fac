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

    /// Is every key of the range inside? Not to be asked of a range without keys.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The same sets, key by key. `None` is the place behind all keys, which only ranges without an end reach.
    struct Line {
        places: Vec<Option<Bytes>>,
    }

    impl Line {
        /// All texts of up to `len` letters: whatever two of them lie between, one of them begins it.
        fn new(letters: &[u8], len: usize) -> Self {
            let mut texts = vec![Vec::new()];
            for at in 0.. {
                let Some(text) = texts.get(at).cloned().filter(|text: &Vec<u8>| text.len() < len) else { break };
                texts.extend(letters.iter().map(|letter| [text.as_slice(), &[*letter]].concat()));
            }
            texts.sort();
            let keys = texts.into_iter().filter(|text| !text.is_empty()).map(|text| Some(text.into()));
            Self { places: keys.chain([None]).collect() }
        }

        fn holds(range: &KeyRange, place: &Option<Bytes>) -> bool {
            match (range, place) {
                (range, Some(key)) => range.contains(key),
                (KeyRange::From(_), None) => true,
                (_, None) => false,
            }
        }

        fn cover(&self, ranges: &[KeyRange], asked: &KeyRange) -> bool {
            let granted = |place| ranges.iter().any(|range| Self::holds(range, place));
            self.places.iter().filter(|place| Self::holds(asked, place)).all(granted)
        }
    }

    /// `SPANS_SEED` replays.
    #[test]
    fn the_same_as_key_by_key() {
        let seed = std::env::var("SPANS_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| fastrand::u64(..));
        println!("SPANS_SEED={seed}");
        let mut chance = fastrand::Rng::with_seed(seed);
        // Bounds have two letters at most; the end of a point has one more.
        let line = Line::new(&[0, b'a', 0xff], 3);
        let text = |chance: &mut fastrand::Rng| {
            let len = chance.usize(1..3);
            std::iter::repeat_with(|| *chance.choice(&[0, b'a', 0xff]).unwrap()).take(len).collect::<Bytes>()
        };
        let range = |chance: &mut fastrand::Rng| match chance.u8(0..8) {
            0..3 => KeyRange::Point(text(chance)),
            3 => KeyRange::From(text(chance)),
            _ => KeyRange::Span { start: text(chance), end: text(chance) },
        };
        let (mut covered, mut asked) = (0, 0);
        for _ in 0..300 {
            let granted: Vec<KeyRange> = (0..chance.usize(0..12)).map(|_| range(&mut chance)).collect();
            let spans = Spans::of(&granted);
            for pair in spans.sorted.windows(2) {
                assert!(pair[0].end.as_ref().is_some_and(|end| *end < pair[1].start), "{spans:?}");
            }
            for _ in 0..20 {
                let range = range(&mut chance);
                if range.is_empty() {
                    continue;
                }
                let expected = line.cover(&granted, &range);
                assert_eq!(spans.cover(&range), expected, "{range:?} of {granted:?}");
                if let KeyRange::Point(key) = &range {
                    assert_eq!(spans.contain(key), expected);
                }
                (covered, asked) = (covered + u32::from(expected), asked + 1);
            }
        }
        assert!(covered * 10 > asked && covered * 10 < asked * 9, "{covered} of {asked}");
    }

    #[test]
    fn the_empty_text_is_no_key() {
        let everything = Spans::of(&[KeyRange::From(Bytes::from_static(b"\0"))]);
        assert!(everything.cover(&KeyRange::From(Bytes::from_static(b"\0"))));
        assert!(!everything.cover(&KeyRange::all()) && !everything.contain(b""));
        // As an etcd of long ago could have stored it: it grants nothing, since to etcd the empty text is behind all.
        assert_eq!(Spans::of(&[KeyRange::all()]), Spans::default());
    }
}
