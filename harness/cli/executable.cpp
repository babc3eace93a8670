// The process `assay`: nothing but its main, so that tests can link the rest with kernels of
// theirs.
#include "harness/cli/cli.h"

int main(int argc, char** argv) { return assay::cli::main(argc, argv); }
