// Says of each document what our schema check says, for comparison with other validators:
// one `kind<tab>document` a line of standard input, one `ok` or message a line of output.
#include <iostream>
#include <string>

#include "harness/core/document_schema.h"
#include "harness/core/error.h"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    try {
      const assay::Json document = assay::parse_json(line.substr(tab + 1), "document");
      const assay::Json wanted = {{"kind", line.substr(0, tab)}};
      assay::check_schema(document, assay::kind_of(wanted, "line"), "document");
      std::cout << "ok\n";
    } catch (const assay::Error& problem) {
      std::cout << problem.what() << '\n';
    }
  }
}
