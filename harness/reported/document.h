// The document that an import makes: what all tools have in common.
#pragma once

#include <string>

#include "harness/reported/source.h"

namespace assay::reported {

/// Complete, with `imported`, without measurements. `unsaid` begins with what no import has:
/// verification, samples, intervals.
Result document_from(const Source& source, const std::string& tool, const std::string& backend);

/// A measurement of status `reported` without figures. `place` says where its figure stands, as
/// in `line 12`.
Measurement figure_from(const Result& result, const CaseId& id, const Scope& scope,
                        const std::string& place);

/// The node of that name, which is added when it is not there.
NodeFacts& node_of(Result& result, const std::string& name);
/// The name that stands for the device's UUID, `node/device3`; the device is added when it is not
/// there. `bus` and `name` may be empty; `node` is from name_from().
std::string device_of(Result& result, const std::string& node, int index, const std::string& name,
                      const std::string& bus);

/// A name as a document may hold it: printable and short; `unstated` for none.
std::string name_from(const std::string& text);
/// Adds a rate, where it is one that a document may hold.
void set_rate(Measurement& measurement, const char* metric, double per_s);

/// Sets when everything happened: `time` is what the source says, `2026-11-01 10:00:00` with an
/// offset or without (then UTC), or anything else if it says nothing. Throws Error when there is
/// nothing in the document: `expected` says what was looked for.
void finish(const Source& source, Result& result, const std::string& time,
            const std::string& expected);

}  // namespace assay::reported
