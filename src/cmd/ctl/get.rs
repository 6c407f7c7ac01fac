//! `get`: read keys.

use super::{
    range::{Widen, key_range},
    session::Given,
};
use crate::{
    client::join,
    cmd::{
        cobra::int_value,
        failure::{Failure, bad_arguments, code},
        gotext::quote,
        output::Format,
    },
    pb::etcdserverpb::{
        RangeRequest,
        range_request::{SortOrder, SortTarget},
    },
};
use std::ffi::OsString;

/// Reads a key or a range of keys
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "get [options] <key> [range_end]")]
pub struct Get {
    /// linearizable (l): as a quorum knows it; serializable (s): as the member asked does
    #[arg(long, value_name = "string", default_value = "l")]
    consistency: String,
    /// order of the results: ASCEND or DESCEND
    #[arg(long, value_name = "string", default_value = "")]
    order: String,
    /// what to order by: CREATE, KEY, MODIFY, VALUE or VERSION
    #[arg(long, value_name = "string", default_value = "")]
    sort_by: String,
    /// at most so many results
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    limit: i64,
    /// all keys that begin with the key
    #[arg(long)]
    prefix: bool,
    /// all keys from the key on, in byte order
    #[arg(long)]
    from_key: bool,
    /// as they were at this revision
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    rev: i64,
    /// leave the values out
    #[arg(long)]
    keys_only: bool,
    /// only how many there are (with --write-out=fields)
    #[arg(long)]
    count_only: bool,
    /// only the values (with --write-out=simple)
    #[arg(long)]
    print_value_only: bool,
    /// created at this revision or later
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    min_create_rev: i64,
    /// created at this revision or earlier
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    max_create_rev: i64,
    /// last changed at this revision or later
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    min_mod_rev: i64,
    /// last changed at this revision or earlier
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    max_mod_rev: i64,
    /// fetch the results in pieces (RangeStream)
    #[arg(long)]
    stream: bool,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Get {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let request = self.request()?;
        let session = given.open()?;
        let client = session.connect().await?;
        let result = match self.stream {
            true => match client.range_stream(request).await {
                Ok(pieces) => join(pieces).await,
                Err(error) => Err(error),
            },
            false => client.range(request).await,
        };
        let response = result.map_err(|error| Failure::new(code::ERROR, error))?;
        let mut output = session.output();
        if self.count_only && output.format() != Format::Fields {
            return Err(bad_arguments("--count-only is only for `--write-out=fields`"));
        }
        if self.print_value_only {
            if output.format() != Format::Simple {
                return Err(bad_arguments("print-value-only is only for `--write-out=simple`"));
            }
            output = output.with_values_only();
        }
        output.range(&response)
    }

    /// The request that the arguments describe.
    pub fn request(&self) -> Result<RangeRequest, Failure> {
        if self.words.is_empty() {
            let message = "get command needs one argument as key and an optional argument as range_end";
            return Err(bad_arguments(message));
        }
        let widen = Widen::choose(self.prefix.then_some(Widen::Prefix), self.from_key.then_some(Widen::FromKey))?;
        if self.keys_only && self.count_only {
            let message = "`--keys-only` and `--count-only` cannot be set at the same time, choose one";
            return Err(bad_arguments(message));
        }
        let serializable = is_serializable(&self.consistency)?;
        let (key, range_end) = key_range(&self.words, widen)?;
        let (sort_order, sort_target) = self.sort()?;
        bounds("CreateRev", self.min_create_rev, self.max_create_rev)?;
        bounds("ModRev", self.min_mod_rev, self.max_mod_rev)?;
        Ok(RangeRequest {
            key,
            range_end,
            limit: self.limit,
            revision: self.rev.max(0),
            sort_order: sort_order.into(),
            sort_target: sort_target.into(),
            serializable,
            keys_only: self.keys_only,
            count_only: self.count_only,
            min_mod_revision: self.min_mod_rev.max(0),
            max_mod_revision: self.max_mod_rev.max(0),
            min_create_revision: self.min_create_rev.max(0),
            max_create_revision: self.max_create_rev.max(0),
        })
    }

    fn sort(&self) -> Result<(SortOrder, SortTarget), Failure> {
        let order = match self.order.to_uppercase().as_str() {
            "" => SortOrder::None,
            "ASCEND" => SortOrder::Ascend,
            "DESCEND" => SortOrder::Descend,
            _ => return Err(Failure::new(code::UNSUPPORTED, format!("bad sort order {}", self.order))),
        };
        let target = match self.sort_by.to_uppercase().as_str() {
            "" | "KEY" => SortTarget::Key,
            "CREATE" => SortTarget::Create,
            "MODIFY" => SortTarget::Mod,
            "VALUE" => SortTarget::Value,
            "VERSION" => SortTarget::Version,
            _ => return Err(Failure::new(code::UNSUPPORTED, format!("bad sort target {}", self.sort_by))),
        };
        // Keys come in ascending order anyway; asked to sort, a server would fetch all before it applies the limit.
        let ordered_anyway = target == SortTarget::Key && order == SortOrder::Ascend;
        Ok((if ordered_anyway { SortOrder::None } else { order }, target))
    }
}

/// Reads `--consistency`.
pub fn is_serializable(consistency: &str) -> Result<bool, Failure> {
    match consistency {
        "s" => Ok(true),
        "l" => Ok(false),
        other => {
            let message = format!("unknown consistency flag {}", quote(other.as_bytes()));
            Err(Failure::new(code::UNSUPPORTED, message))
        }
    }
}

fn bounds(what: &str, min: i64, max: i64) -> Result<(), Failure> {
    if max > 0 && min > max {
        return Err(Failure::new(code::UNSUPPORTED, format!("getMin{what}(={min}) > getMax{what}(={max})")));
    }
    Ok(())
}
