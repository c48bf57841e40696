//! Questions that have a shape of their own: forecasts, moving windows, principal components, a mean against a number,
//! shares held against each other. Chosen before the general tasks, and only when their words are there.

use super::concept::Concept as C;
use super::intent::{
    Aggregate, Condition, End, Forecast, Measure, Method, OneSample, Proportion, Quantity, Rolling, Side, Task, Window,
};
use super::lexicon::ENGLISH;
use super::parse::Parts;
use super::periods::Grain;
use super::reading::Reading;
use super::schema::{Role, TimeForm};
use super::trends::fitting_grain;

/// Any of them.
pub(super) fn choose(parts: &mut Parts) -> Option<Task> {
    running_total(parts)
        .or_else(|| components(parts))
        .or_else(|| proportion(parts))
        .or_else(|| one_sample(parts))
        .or_else(|| forecast(parts))
        .or_else(|| rolling(parts))
}

fn says(reading: &Reading, words: &[&str]) -> bool {
    reading.items.iter().any(|x| words.contains(&x.text.as_str()))
}

/// Which way a test looks, from the words of the question.
pub(super) fn side(reading: &Reading) -> Side {
    let two_sided =
        reading.items.windows(2).any(|w| w[0].text == "two" && (w[1].text == "sided" || w[1].text == "tailed"))
            || says(reading, &["two sided", "two tailed"]);
    let one_sided = reading.has(C::OneSided);
    if two_sided && !one_sided {
        return Side::Both;
    }
    let word = |x: &str| match x {
        "more" | "higher" | "greater" | "larger" | "longer" | "better" | "older" | "bigger" | "faster" | "exceed"
        | "exceeds" | "above" | "over" | "more than" | "higher than" | "greater than" | "larger than"
        | "longer than" | "older than" | "bigger than" | "is higher than" | "is greater than" => Some(Side::Greater),
        "fewer" | "less" | "lower" | "smaller" | "shorter" | "worse" | "younger" | "cheaper" | "slower" | "below"
        | "under" | "fewer than" | "less than" | "lower than" | "smaller than" | "shorter than" | "younger than"
        | "is lower than" => Some(Side::Less),
        _ => None,
    };
    let found = reading.items.iter().enumerate().find_map(|(i, x)| {
        let bound = (i + 1..i + 3).any(|j| reading.number(j).is_some_and(|n| n.fract() != 0.0 && n < 1.0));
        word(&x.text).filter(|_| !bound)
    });
    match found {
        Some(side) if one_sided || compares_two(reading) => side,
        _ => Side::Both,
    }
}

/// “Do members buy more than guests?”: a comparative and a “than”.
fn compares_two(reading: &Reading) -> bool {
    let mut words = reading.items.iter().flat_map(|x| x.text.split(' ')).skip_while(|w| !ENGLISH.is_comparative(w));
    words.next().is_some() && words.any(|w| w == "than") || reading.items.iter().any(|x| x.text.ends_with(" than"))
}

/// “the cumulative consumption of the first 168 rows” is their sum.
fn running_total(parts: &Parts) -> Option<Task> {
    let first = parts.conditions.iter().any(|c| matches!(c, Condition::Head(_)));
    let mut numbers = parts.numeric_subjects();
    numbers.retain(|c| parts.field(*c).role == Role::Measure);
    let ([column], true) = (numbers.as_slice(), first && parts.reading.has(C::Cumulative)) else { return None };
    let measure = Measure { aggregate: Aggregate::Sum, quantity: Quantity::Column(parts.reading.name(*column)) };
    Some(Task::Aggregate(super::intent::Aggregation {
        measures: vec![measure],
        groups: Vec::new(),
        order: None,
        limit: None,
        extreme: None,
        share: false,
        having: None,
        focus: None,
        nth: None,
    }))
}

fn components(parts: &Parts) -> Option<Task> {
    let asked = says(
        &parts.reading,
        &["pca", "principal component analysis", "principal components", "principal component", "principal"],
    );
    let named = parts.numeric_subjects();
    let columns = if named.len() >= 2 { named } else { parts.reading.schema.with_role(Role::Measure) };
    (asked && columns.len() >= 2).then(|| Task::Components(parts.names(&columns)))
}

/// A mean against a number, or its interval.
fn one_sample(parts: &mut Parts) -> Option<Task> {
    let reading = &parts.reading;
    let named = says(reading, &["one sample", "single sample", "one sample t test", "1 sample"])
        || reading.items.iter().any(|x| x.text.starts_with("one sample"))
        || reading
            .items
            .windows(2)
            .any(|w| matches!(w[0].text.as_str(), "one" | "single" | "1") && w[1].text.starts_with("sample"));
    let interval = reading.has(C::Confidence)
        && reading.items.iter().any(|x| x.text.contains("interval"))
        && parts.measures.iter().any(|m| m.aggregate == Aggregate::Mean);
    if !named && !interval {
        return None;
    }
    let column = parts
        .measures
        .iter()
        .find_map(|m| match &m.quantity {
            Quantity::Column(name) if m.aggregate == Aggregate::Mean => Some(name.clone()),
            _ => None,
        })
        .or_else(|| {
            parts.conditions.iter().find_map(|c| match c {
                Condition::Compare(name, ..) if named => Some(name.clone()),
                _ => None,
            })
        })
        .or_else(|| parts.numeric_subjects().first().map(|c| parts.reading.name(*c)))?;
    if interval && !named && parts.groups.list.is_empty() {
        return Some(Task::OneSample(OneSample { column, against: None, side: Side::Both }));
    }
    let bound = parts.reading.threshold.map(|(_, n)| n).or_else(|| {
        let taken =
            parts.conditions.iter().position(|c| matches!(c, Condition::Compare(name, ..) if *name == column))?;
        let Condition::Compare(_, _, n) = parts.conditions.remove(taken) else { return None };
        Some(n)
    });
    let near = || {
        (0..parts.reading.items.len()).find_map(|i| {
            let number = parts.reading.number(i)?;
            let lead = (i.saturating_sub(3)..i).any(|j| {
                matches!(
                    parts.reading.text(j).split(' ').next_back().unwrap_or_default(),
                    "from" | "of" | "is" | "than" | "to" | "against" | "equal to" | "mean" | "value"
                )
            });
            (lead && !parts.reading.used[i]).then_some(number)
        })
    };
    let against = bound.or_else(near)?;
    let side = side(&parts.reading);
    Some(Task::OneSample(OneSample { column, against: Some(against), side }))
}

/// “Is the proportion of readmitted patients higher among smokers?”, “is the share different from 15 %?”.
fn proportion(parts: &mut Parts) -> Option<Task> {
    let reading = &parts.reading;
    let z = says(
        reading,
        &[
            "z test",
            "two proportion z test",
            "two proportion",
            "proportions z test",
            "proportion test",
            "two proportions",
        ],
    ) || reading.items.iter().any(|x| x.text.contains("z test"))
        || reading.items.windows(2).any(|w| w[0].text == "z" && w[1].text.starts_with("test"));
    let binomial = says(reading, &["binomial", "binomial test", "exact binomial test"]);
    if !z && !binomial {
        return None;
    }
    let schema = std::sync::Arc::clone(&reading.schema);
    let flags: Vec<usize> =
        (0..reading.items.len()).filter_map(|i| reading.column(i)).filter(|c| schema.field(*c).yes.is_some()).collect();
    let mut unique: Vec<usize> = Vec::new();
    for c in flags {
        if !unique.contains(&c) {
            unique.push(c);
        }
    }
    let side = side(reading);
    let yes = |c: usize| Condition::In {
        column: schema.field(c).name.clone(),
        values: schema.field(c).yes.iter().cloned().collect(),
        negated: false,
    };
    if binomial {
        let holds = unique.first().map(|c| yes(*c)).or_else(|| parts.conditions.first().cloned())?;
        let at = (0..reading.items.len()).find(|i| {
            reading.number(*i).is_some() && !reading.used[*i]
                || reading.number(*i).is_some() && reading.symbol(i + 1) == Some('%')
        })?;
        let n = reading.number(at)?;
        let against = if n > 1.0 { n / 100.0 } else { n };
        parts.conditions.clear();
        parts.reading.used[at] = true;
        return Some(Task::Proportion(Proportion { holds, group: None, against: Some(against), side }));
    }
    // The groups: two values named, or a flag other than the one that is counted.
    let valued = (0..reading.items.len()).find_map(|i| match &reading.items[i].what {
        super::linking::What::Value { column, .. } => Some(*column),
        _ => None,
    });
    let counted = unique.first().copied().filter(|c| Some(*c) != valued)?;
    let named = |column: usize| {
        let mut list: Vec<String> = Vec::new();
        for x in &reading.items {
            if let super::linking::What::Value { column: c, value } = &x.what
                && *c == column
                && !list.contains(value)
            {
                list.push(value.clone());
            }
        }
        list
    };
    let group = match valued {
        Some(column) => {
            let mut order = named(column);
            for value in &schema.field(column).values {
                if !order.contains(value) && order.len() < 2 {
                    order.push(value.clone());
                }
            }
            (schema.field(column).name.clone(), order)
        }
        None => {
            let second = unique.get(1).copied()?;
            let field = schema.field(second);
            let yes = field.yes.as_ref().map(super::labels::plain)?;
            let mut order = vec![yes.clone()];
            order.extend(field.values.iter().find(|v| **v != yes).cloned());
            if order.len() < 2 {
                order.push("0".to_owned());
            }
            (field.name.clone(), order)
        }
    };
    (group.1.len() == 2).then(|| {
        let about = |c: &Condition| format!("{c:?}").contains(&format!("{:?}", group.0));
        parts.conditions.retain(|c| !about(c) && *c != yes(counted));
        Task::Proportion(Proportion { holds: yes(counted), group: Some(group), against: None, side })
    })
}

fn time_of(parts: &Parts) -> Option<(String, TimeForm)> {
    let named =
        parts.subjects().into_iter().find(|c| parts.field(*c).time.is_some() && parts.field(*c).role == Role::Time);
    let field = parts.field(named.or_else(|| parts.reading.schema.time_field())?);
    Some((field.name.clone(), field.time?))
}

fn forecast(parts: &mut Parts) -> Option<Task> {
    if !parts.reading.has(C::Forecast) && !says(&parts.reading, &["arima", "holt winters", "exponential smoothing"]) {
        return None;
    }
    let (column, form) = time_of(parts)?;
    parts
        .reading
        .schema
        .fields
        .iter()
        .position(|f| f.name == column)
        .into_iter()
        .for_each(|c| parts.reading.spend_column(c));
    let measure = super::aggregations::measures_or_default(parts).into_iter().next()?;
    let measure = match measure {
        Measure { aggregate: Aggregate::Count, quantity: Quantity::Column(name) } => {
            Measure { aggregate: Aggregate::Sum, quantity: Quantity::Column(name) }
        }
        other => other,
    };
    let reading = &parts.reading;
    let grain_at = (0..reading.items.len())
        .find_map(|i| reading.concept(i).and_then(Grain::of).filter(|g| !g.is_cyclic()).map(|g| (i, g)));
    let grain = match (form, grain_at) {
        (TimeForm::Year, _) => Grain::Year,
        (_, Some((_, grain))) => grain,
        _ => fitting_grain(parts, &column),
    };
    let next = (0..reading.items.len())
        .find(|i| reading.text(*i).starts_with("next") || matches!(reading.text(*i), "ahead" | "future" | "following"));
    let horizon = next
        .and_then(|i| (i.saturating_sub(3)..reading.items.len().min(i + 4)).find_map(|j| reading.number(j)))
        .or_else(|| grain_at.and_then(|(i, _)| i.checked_sub(1)).and_then(|j| reading.number(j)))
        .filter(|n| (1.0..=120.0).contains(n))
        .map_or(1, |n| n as u32);
    let season = (0..reading.items.len())
        .filter(|i| {
            matches!(reading.text(*i), "period" | "season" | "seasonality" | "periods" | "lag" | "seasonal period")
                || reading.concept(*i) == Some(C::MonthOfYear)
        })
        .find_map(|i| (i + 1..i + 4).find_map(|j| reading.number(j)).filter(|n| (2.0..=400.0).contains(n)))
        .map(|n| n as u32);
    let text = |words: &[&str]| says(reading, words);
    let seasonal = reading.items.iter().any(|x| x.text.contains("seasonal"));
    let method = if text(&["naive", "seasonal naive"]) {
        if seasonal { Method::SeasonalNaive } else { Method::Naive }
    } else if text(&["arima", "sarima"]) {
        let at = reading.items.iter().position(|x| x.text == "arima").unwrap_or(0);
        let orders: Vec<u32> =
            (at + 1..reading.items.len().min(at + 8)).filter_map(|j| reading.number(j)).map(|n| n as u32).collect();
        match orders.as_slice() {
            [p, d, q, ..] => Method::Arima(*p, *d, *q),
            _ => Method::Arima(1, 1, 1),
        }
    } else if text(&["linear trend", "straight line", "linear", "trend line"]) || reading.has(C::Regression) {
        Method::Linear
    } else if text(&["moving average", "mean"])
        && reading.has(C::Mean)
        && !text(&["smoothing"])
        && says(reading, &["last"])
    {
        Method::Mean
    } else {
        Method::Smoothing
    };
    Some(Task::Forecast(Forecast { measure, column, form, grain, horizon, method, season }))
}

/// “the 7-day moving average”, “the largest month-over-month drop”, “the running total”.
fn rolling(parts: &mut Parts) -> Option<Task> {
    let reading = &parts.reading;
    let moving = (0..reading.items.len()).find(|i| {
        matches!(
            reading.text(*i),
            "moving"
                | "rolling"
                | "moving average"
                | "rolling mean"
                | "rolling average"
                | "moving mean"
                | "simple moving average"
        )
    });
    let stepped = (0..reading.items.len()).find(|i| {
        let text = reading.text(*i);
        text.ends_with("over month")
            || text.ends_with("over day")
            || text.ends_with("over year")
            || text.ends_with("over week")
            || text.ends_with("over quarter")
            || text.ends_with("on month")
            || text.ends_with("on year")
    });
    let (time, form) = time_of(parts)?;
    let mut numeric = parts.numeric_subjects();
    numeric.retain(|c| parts.field(*c).role == Role::Measure);
    let column = match numeric.as_slice() {
        [only] => parts.reading.name(*only),
        _ => return None,
    };
    let grain_near = |at: usize| (at.saturating_sub(3)..at).rev().find_map(|j| reading.concept(j).and_then(Grain::of));
    if let Some(at) = moving {
        let n = (at.saturating_sub(5)..at)
            .rev()
            .find_map(|j| reading.number(j))
            .or_else(|| (at + 1..at + 5).find_map(|j| reading.number(j)))?;
        let grain = grain_near(at);
        let extreme = match () {
            () if reading.has_any(&[C::Maximum, C::Highest]) => Some(End::Highest),
            () if reading.has_any(&[C::Minimum, C::Lowest]) => Some(End::Lowest),
            () => None,
        };
        // Rows may already be the spans.
        let grain = grain.filter(|g| *g != Grain::Day).filter(|_| parts.reading.schema.rows > 400);
        for i in at.saturating_sub(6)..parts.reading.items.len().min(at + 3) {
            let own =
                matches!(parts.reading.text(i), "moving" | "rolling" | "simple" | "day" | "month" | "week" | "average")
                    || parts.reading.number(i) == Some(n);
            parts.reading.used[i] |= own;
        }
        // “in the last month” tells which of the windows is meant, not which rows.
        parts.conditions.retain(|c| !matches!(c, Condition::During(_, _, super::periods::Period::Latest { .. })));
        return Some(Task::Rolling(Rolling { column, time, form, grain, window: Window::Mean(n as u32), extreme }));
    }
    let at = stepped?;
    let percent = parts.wishes.percent || reading.items.iter().any(|x| x.text.contains("perc"));
    let drop = says(reading, &["drop", "fall", "decline", "decrease", "dropped", "loss"]);
    let rise = says(reading, &["rise", "increase", "gain", "growth", "jump", "grew"]);
    let extreme = match (drop, rise) {
        (true, false) => End::Lowest,
        (false, true) => End::Highest,
        _ => return None,
    };
    if !reading.has_any(&[C::Highest, C::Maximum]) {
        return None;
    }
    let grain = match reading.text(at).split(' ').next_back() {
        Some("year") => Grain::Year,
        Some("quarter") => Grain::Quarter,
        Some("week") => Grain::Week,
        Some("day") => Grain::Day,
        _ => Grain::Month,
    };
    let window = if percent { Window::StepPercent } else { Window::Step };
    Some(Task::Rolling(Rolling { column, time, form, grain: Some(grain), window, extreme: Some(extreme) }))
}
