// `assay sign` and `assay verify`: who vouches for documents, and that nobody changed them since.
#include <fmt/format.h>

#include <filesystem>

#include "harness/cli/command.h"
#include "harness/core/attestation.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

ExitCode execute_sign(const Arguments& arguments) {
  const fs::path path = arguments.value("output");
  const SigningKey key = SigningKey::private_from_file(arguments.value("key"));
  const std::vector<SignedFile> files = signed_files(arguments.operands(), path);
  std::vector<fs::path> inputs = {arguments.value("key")};
  for (const SignedFile& file : files) inputs.push_back(file.path);
  refuse_output({path, text_beginning("a signature", std::string(kEnvelopeBeginning)),
                 arguments.has("force"), inputs});
  write_text(envelope_of(files, key), path);
  if (!is_standard_output(path))
    print(fmt::format("Signed: {} files with the key {}, written to {}\n", files.size(), key.id(),
                      path.string()));
  return ExitCode::passed;
}

ExitCode execute_verify(const Arguments& arguments) {
  const fs::path path = arguments.value("signature");
  const SigningKey key = SigningKey::public_from_file(arguments.value("key"));
  const std::vector<SignedFile> files = signed_files(arguments.operands(), path);
  verify_envelope(read_text(path), path.string(), files, key);
  print(fmt::format("Verified: {} files, signed with the key {}\n", files.size(), key.id()));
  return ExitCode::passed;
}

}  // namespace

Command sign_command() {
  Command command;
  command.name = "sign";
  command.summary = "sign documents";
  command.synopsis = "PATH... --key FILE -o FILE [--force]";
  command.description = {
      "Writes an in-toto statement with the SHA-256 of every file, signed with Ed25519, in a DSSE "
      "envelope. A PATH is a file or a folder with all that is in it; files are named as they lie "
      "in the folder.",
      "A key pair: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem "
      "-pubout -out public.pem."};
  command.options = {
      {.name = "key",
       .value_name = "FILE",
       .help = "The private key, PEM without a pass phrase.",
       .required = true},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Write the envelope to this file; - is standard output.",
       .required = true},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "The envelope was written."},
                         {"2", "A file or the key cannot be read, or the envelope not written."}};
  command.examples = {{"assay sign results/ --key key.pem -o results.dsse.json",
                       "Vouches for every file of a folder."}};
  command.execute = execute_sign;
  return command;
}

Command verify_command() {
  Command command;
  command.name = "verify";
  command.summary = "check that signed documents are unchanged";
  command.synopsis = "PATH... --signature FILE --key FILE";
  command.description = {
      "Checks that the envelope was signed with this key, and that it names exactly these files "
      "with the digests that they have. One bit that differs, in a file, the signature or the "
      "envelope, is refused, and so is a file more or less."};
  command.options = {{.name = "signature",
                      .value_name = "FILE",
                      .help = "The envelope that assay sign wrote.",
                      .required = true},
                     {.name = "key",
                      .value_name = "FILE",
                      .help = "The public key of whoever should have signed, PEM.",
                      .required = true}};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "Everything is as it was signed."}, {"2", "Something is not."}};
  command.examples = {{"assay verify results/ --signature results.dsse.json --key public.pem",
                       "Are these the results that were signed?"}};
  command.execute = execute_verify;
  return command;
}

}  // namespace assay::cli
