//! Against another reading of the same bytes: a wire format of fields and numbers that knows nothing of messages.
//!
//! Values are drawn at random. What ours writes must be, field by field, what etcd's rules say; and however another writer
//! may put the same value (zeros left out as Go's newer library does, lists packed, fields in another order, twice, or
//! unknown ones among them), ours must read it back. `RAFTPB_SEED` replays a run.

use bytes::Bytes;
use fastrand::Rng;
use prost::Message as _;
use raft_proto::eraftpb::*;

/// One field: its number and value.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    Number(u32, u64),
    Bytes(u32, Vec<u8>),
    /// Of either of the fixed sizes.
    Fixed(u32, Vec<u8>),
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number > 127 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write(fields: &[Field]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in fields {
        match field {
            Field::Number(tag, number) => {
                varint(u64::from(tag << 3), &mut out);
                varint(*number, &mut out);
            }
            Field::Bytes(tag, bytes) => {
                varint(u64::from(tag << 3 | 2), &mut out);
                varint(bytes.len() as u64, &mut out);
                out.extend(bytes);
            }
            Field::Fixed(tag, bytes) => {
                varint(u64::from(tag << 3 | if bytes.len() == 4 { 5 } else { 1 }), &mut out);
                out.extend(bytes);
            }
        }
    }
    out
}

/// A message as fields: in number order, and which of them may be left out when zero or empty.
trait Fields: prost::Message + Default + PartialEq + std::fmt::Debug {
    /// As etcd writes them.
    fn fields(&self) -> Vec<Field>;

    /// As some other writer might.
    fn strange(&self, rng: &mut Rng) -> Vec<u8> {
        let mut fields = self.loose(rng);
        // A proto2 reader takes the last of two numbers, and knows nothing of an order between fields.
        let order_matters = |field: &Field| matches!(field, Field::Bytes(..)) || self.repeats(field);
        for at in 0..fields.len() {
            if let Field::Number(tag, _) = fields[at]
                && !order_matters(&fields[at])
                && rng.u8(..) < 30
            {
                fields.insert(at, Field::Number(tag, rng.u64(0..1 << 30)));
            }
        }
        if rng.bool() {
            // Stable, so that what is written twice or again and again keeps its order.
            fields.sort_by_key(|field| u32::MAX - tag(field));
        }
        for _ in 0..rng.usize(0..3) {
            let unknown = [
                Field::Number(100 + rng.u32(0..1000), rng.u64(..)),
                Field::Bytes(31, vec![rng.u8(..); rng.usize(0..20)]),
                Field::Fixed(32, vec![rng.u8(..); 4]),
                Field::Fixed(33, vec![rng.u8(..); 8]),
            ];
            let at = rng.usize(0..=fields.len());
            fields.insert(at, rng.choice(unknown).unwrap());
        }
        write(&fields)
    }

    /// Zeros left out at random, and what is inside written strangely too.
    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        let zero = |field: &Field| matches!(field, Field::Number(_, 0));
        self.fields().into_iter().filter(|field| self.repeats(field) || !zero(field) || rng.bool()).collect()
    }

    /// Is it one of a list of numbers?
    fn repeats(&self, _: &Field) -> bool {
        false
    }

    fn any(rng: &mut Rng) -> Self;
}

fn tag(field: &Field) -> u32 {
    match field {
        Field::Number(tag, _) | Field::Bytes(tag, _) | Field::Fixed(tag, _) => *tag,
    }
}

/// Enums are 32-bit, and sign-extended on the wire.
fn kind(tag: u32, number: i32) -> Field {
    Field::Number(tag, i64::from(number) as u64)
}

fn payload(tag: u32, bytes: &Bytes) -> Option<Field> {
    (!bytes.is_empty()).then(|| Field::Bytes(tag, bytes.to_vec()))
}

fn number(rng: &mut Rng) -> u64 {
    rng.choice([0, 1, 127, 128, 300, 1 << 32, u64::MAX]).unwrap()
}

fn any_kind(rng: &mut Rng) -> i32 {
    rng.choice([0, 1, 2, 3, 18, 19, 40, i32::MAX, -1]).unwrap()
}

fn bytes(rng: &mut Rng) -> Bytes {
    let length = *rng.choice(&[0, 0, 1, 127, 128, 1000]).unwrap();
    vec![rng.u8(..); length].into()
}

impl Fields for Entry {
    fn fields(&self) -> Vec<Field> {
        let numbers = [kind(1, self.entry_type), Field::Number(2, self.term), Field::Number(3, self.index)];
        numbers.into_iter().chain(payload(4, &self.data)).collect()
    }

    fn any(rng: &mut Rng) -> Self {
        let (entry_type, term, index, data) = (any_kind(rng), number(rng), number(rng), bytes(rng));
        Entry { entry_type, term, index, data, ..Entry::default() }
    }
}

impl Fields for HardState {
    fn fields(&self) -> Vec<Field> {
        vec![Field::Number(1, self.term), Field::Number(2, self.vote), Field::Number(3, self.commit)]
    }

    fn any(rng: &mut Rng) -> Self {
        HardState { term: number(rng), vote: number(rng), commit: number(rng) }
    }
}

impl Fields for ConfState {
    fn fields(&self) -> Vec<Field> {
        let lists = [&self.voters, &self.learners, &self.voters_outgoing, &self.learners_next];
        let numbers = lists.iter().zip(1..).flat_map(|(list, tag)| list.iter().map(move |n| Field::Number(tag, *n)));
        numbers.chain([Field::Number(5, u64::from(self.auto_leave))]).collect()
    }

    /// Each list as one field, or as several, or not.
    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        let lists = [&self.voters, &self.learners, &self.voters_outgoing, &self.learners_next];
        let mut fields = Vec::new();
        for (list, tag) in lists.iter().zip(1..) {
            let mut rest = &list[..];
            while !rest.is_empty() {
                let (some, behind) = rest.split_at(rng.usize(1..=rest.len()));
                rest = behind;
                if rng.bool() {
                    let mut packed = Vec::new();
                    some.iter().for_each(|number| varint(*number, &mut packed));
                    fields.push(Field::Bytes(tag, packed));
                } else {
                    fields.extend(some.iter().map(|number| Field::Number(tag, *number)));
                }
            }
        }
        if self.auto_leave || rng.bool() {
            fields.push(Field::Number(5, u64::from(self.auto_leave)));
        }
        fields
    }

    fn repeats(&self, field: &Field) -> bool {
        tag(field) < 5
    }

    fn any(rng: &mut Rng) -> Self {
        let list = |rng: &mut Rng| (0..rng.usize(0..4)).map(|_| number(rng)).collect();
        ConfState {
            voters: list(rng),
            learners: list(rng),
            voters_outgoing: list(rng),
            learners_next: list(rng),
            auto_leave: rng.bool(),
        }
    }
}

impl Fields for SnapshotMetadata {
    fn fields(&self) -> Vec<Field> {
        let conf_state = Field::Bytes(1, write(&self.conf_state.fields()));
        vec![conf_state, Field::Number(2, self.index), Field::Number(3, self.term)]
    }

    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        let conf_state = Field::Bytes(1, self.conf_state.strange(rng));
        vec![conf_state, Field::Number(2, self.index), Field::Number(3, self.term)]
    }

    fn any(rng: &mut Rng) -> Self {
        SnapshotMetadata { conf_state: ConfState::any(rng), index: number(rng), term: number(rng) }
    }
}

impl Fields for Snapshot {
    fn fields(&self) -> Vec<Field> {
        payload(1, &self.data).into_iter().chain([Field::Bytes(2, write(&self.metadata.fields()))]).collect()
    }

    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        payload(1, &self.data).into_iter().chain([Field::Bytes(2, self.metadata.strange(rng))]).collect()
    }

    fn any(rng: &mut Rng) -> Self {
        Snapshot { data: bytes(rng), metadata: SnapshotMetadata::any(rng) }
    }
}

impl Fields for Message {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            kind(1, self.msg_type),
            Field::Number(2, self.to),
            Field::Number(3, self.from),
            Field::Number(4, self.term),
            Field::Number(5, self.log_term),
            Field::Number(6, self.index),
        ];
        fields.extend(self.entries.iter().map(|entry| Field::Bytes(7, write(&entry.fields()))));
        fields.push(Field::Number(8, self.commit));
        fields.extend(self.snapshot.as_ref().map(|snapshot| Field::Bytes(9, write(&snapshot.fields()))));
        fields.push(Field::Number(10, u64::from(self.reject)));
        fields.push(Field::Number(11, self.reject_hint));
        fields.extend(payload(12, &self.context));
        fields.extend((self.vote != 0).then_some(Field::Number(13, self.vote)));
        fields
    }

    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        let mut fields = self.fields();
        let mut entries = self.entries.iter();
        for field in &mut fields {
            match field {
                Field::Bytes(7, bytes) => *bytes = entries.next().unwrap().strange(rng),
                Field::Bytes(9, bytes) => *bytes = self.snapshot.as_ref().unwrap().strange(rng),
                _ => {}
            }
        }
        fields.retain(|field| !matches!(field, Field::Number(_, 0)) || rng.bool());
        fields
    }

    fn any(rng: &mut Rng) -> Self {
        let entries = (0..rng.usize(0..4)).map(|_| Entry::any(rng)).collect();
        let snapshot = rng.bool().then(|| Snapshot::any(rng)).filter(|snapshot| *snapshot != Snapshot::default());
        Message {
            msg_type: any_kind(rng),
            to: number(rng),
            from: number(rng),
            term: number(rng),
            log_term: number(rng),
            index: number(rng),
            entries,
            commit: number(rng),
            snapshot,
            reject: rng.bool(),
            reject_hint: number(rng),
            context: bytes(rng),
            vote: number(rng),
            ..Message::default()
        }
    }
}

impl Fields for ConfChange {
    fn fields(&self) -> Vec<Field> {
        let numbers = [Field::Number(1, self.id), kind(2, self.change_type), Field::Number(3, self.node_id)];
        numbers.into_iter().chain(payload(4, &self.context)).collect()
    }

    fn any(rng: &mut Rng) -> Self {
        ConfChange { id: number(rng), change_type: any_kind(rng), node_id: number(rng), context: bytes(rng) }
    }
}

impl Fields for ConfChangeSingle {
    fn fields(&self) -> Vec<Field> {
        vec![kind(1, self.change_type), Field::Number(2, self.node_id)]
    }

    fn any(rng: &mut Rng) -> Self {
        ConfChangeSingle { change_type: any_kind(rng), node_id: number(rng) }
    }
}

impl Fields for ConfChangeV2 {
    fn fields(&self) -> Vec<Field> {
        let changes = self.changes.iter().map(|change| Field::Bytes(2, write(&change.fields())));
        let head = [kind(1, self.transition)];
        head.into_iter().chain(changes).chain(payload(3, &self.context)).collect()
    }

    fn loose(&self, rng: &mut Rng) -> Vec<Field> {
        let changes: Vec<Field> = self.changes.iter().map(|change| Field::Bytes(2, change.strange(rng))).collect();
        [kind(1, self.transition)].into_iter().chain(changes).chain(payload(3, &self.context)).collect()
    }

    fn any(rng: &mut Rng) -> Self {
        let changes = (0..rng.usize(0..4)).map(|_| ConfChangeSingle::any(rng)).collect();
        ConfChangeV2 { transition: any_kind(rng), changes, context: bytes(rng) }
    }
}

fn check<T: Fields>(rng: &mut Rng) {
    let value = T::any(rng);
    let written = value.encode_to_vec();
    assert_eq!(written, write(&value.fields()), "{value:?}");
    assert_eq!(written.len(), value.encoded_len());
    assert_eq!(T::decode(&written[..]).unwrap(), value);
    let strange = value.strange(rng);
    assert_eq!(T::decode(&strange[..]).unwrap(), value, "{strange:?}");
    // Nothing at all is all zeros.
    assert_eq!(T::decode(&[][..]).unwrap(), T::default());
}

#[test]
fn another_reading_of_the_same_bytes() {
    let seed = std::env::var("RAFTPB_SEED").ok().map(|text| text.parse().expect("RAFTPB_SEED is a number"));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("RAFTPB_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    for _ in 0..3000 {
        check::<Entry>(&mut rng);
        check::<HardState>(&mut rng);
        check::<ConfState>(&mut rng);
        check::<SnapshotMetadata>(&mut rng);
        check::<Snapshot>(&mut rng);
        check::<Message>(&mut rng);
        check::<ConfChange>(&mut rng);
        check::<ConfChangeSingle>(&mut rng);
        check::<ConfChangeV2>(&mut rng);
    }
}

/// etcd's numbers for what a change does, whoever wrote them.
#[test]
fn kinds_of_membership_changes() {
    for (number, update, known) in
        [(0, false, true), (1, false, true), (2, true, true), (3, false, true), (4, false, false)]
    {
        for fields in [
            vec![Field::Number(2, number), Field::Number(3, 7)],
            vec![Field::Number(1, 0), Field::Number(2, number), Field::Number(3, 7), Field::Bytes(4, vec![])],
        ] {
            let change = ConfChange::decode(&write(&fields)[..]).unwrap();
            assert_eq!(
                (change.change_type as u64, change.is_update(), change.is_known_type()),
                (number, update, known)
            );
        }
    }
    let learner = ConfChange::decode(&write(&[Field::Number(2, 3)])[..]).unwrap();
    assert_eq!(learner.get_change_type(), ConfChangeType::AddLearnerNode);
}
