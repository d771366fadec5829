//! What every operation of the description has in common, added to what its route says.

use utoipa::openapi::{
    OpenApi, Ref, RefOr, Required,
    content::ContentBuilder,
    header::Header,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    response::{Response, ResponseBuilder},
    schema::{ObjectBuilder, Type},
};

/// The schema of every failure.
const DETAILS: &str = "ProblemDetails";

/// The media type of every failure (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// What takes no idempotency key: over the same entries the ledger gives the same checkpoint; a trial changes
/// nothing; an answer that holds a secret is not kept.
const UNKEYED: [&str; 6] = [
    "/api/v1/ledger/checkpoint",
    "/api/v1/rights/needed",
    "/api/v1/rights/dry-run",
    "/api/v1/rules/dry-run",
    "/api/v1/people/{person}/invitation",
    "/api/v1/account/tokens",
];

/// A question that is about the present alone.
const PRESENT: &str = "/api/v1/account";

/// The whole description: every operation says what its failures look like, every question that it
/// takes a moment, every change that it takes an idempotency key.
pub(crate) fn completed(mut document: OpenApi) -> OpenApi {
    // The router writes a parameter that holds slashes `{*path}`; the specification knows `{path}`.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for (path, item) in &mut document.paths.paths {
        if let Some(question) = &mut item.get {
            failures(question);
            if path == PRESENT {
                continue;
            }
            question.parameters.get_or_insert_default().push(RefOr::T(moment()));
            answers_with(question, "Aftercare-As-Of", &moment_header());
        }
        if let Some(change) = &mut item.patch {
            header(
                change,
                "If-Match",
                "The `ETag` of the thing as you read it, or its `entity_version` in quotes. If somebody changed it \
                 since, nothing is changed and 412 says who, when and in which role.",
            );
        }
        let changes =
            item.post.iter_mut().chain(item.patch.iter_mut()).chain(item.delete.iter_mut());
        for change in changes {
            failures(change);
            if UNKEYED.contains(&path.as_str()) {
                continue;
            }
            header(
                change,
                "Idempotency-Key",
                "Up to 200 visible characters. For seven days the same request with the same key gives the same \
                 answer and changes nothing a second time; another request with it is refused.",
            );
        }
    }
    // Last, when each operation has all its answers.
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in all.into_iter().flatten() {
            answers_with(operation, "Aftercare-Sight", &sight_header());
        }
    }
    document
}

/// `as_of`, which every question takes (crate module `moment` reads it).
fn moment() -> Parameter {
    ParameterBuilder::new()
        .name(crate::link::AS_OF)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "The moment of the record that is asked: `2026-11-24` (the end of that day in UTC), \
             `2026-11-24T14:05:00Z` (any offset), or `entry:123` (after that entry of the ledger). Absent = the \
             present. Record and edition of public knowledge are those of then. Changes refuse it.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn moment_header() -> Header {
    text_header("Only with `as_of`: `entry 12, 2026-11-24T23:59:59.999999Z`")
}

fn sight_header() -> Header {
    text_header(
        "`part` where the person of the token does not see all product families: counts, lists and answers \
         say nothing about the others. Absent where they see the whole record.",
    )
}

fn text_header(means: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
    header.description = Some(means.to_owned());
    header
}

/// Describes a header of all answers to an operation.
fn answers_with(operation: &mut Operation, name: &str, header: &Header) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert(name.to_owned(), RefOr::T(header.clone()));
        }
    }
}

/// Adds a header that may be sent.
fn header(change: &mut Operation, name: &str, means: &str) {
    change.parameters.get_or_insert_default().push(RefOr::T(
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(means))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build(),
    ));
}

/// Failures are problem details, also those that a route does not name.
fn failures(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let failed = status.starts_with(['4', '5']);
        if response.description.is_empty() {
            // The specification demands one.
            response.description.push_str(if failed { "Not done" } else { "Done" });
        }
        if failed {
            *response = problem(&response.description);
        }
    }
    let other = problem("Every other failure");
    operation.responses.responses.insert("default".to_owned(), RefOr::T(other));
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name(DETAILS);
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
