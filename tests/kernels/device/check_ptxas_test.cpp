// scripts/check-ptxas on logs with one fault planted in each, in the words of ptxas 13.0.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/not_run.h"

namespace assay {
namespace {

constexpr const char* kGood =
    "ptxas info    : 0 bytes gmem\n"
    "ptxas info    : Compiling entry function '_Z4goodPf' for 'sm_90a'\n"
    "ptxas info    : Function properties for _Z4goodPf\n"
    "    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
    "ptxas info    : Used 168 registers, used 1 barriers\n";

struct Answer {
  int status;
  std::string said;
};

/// Runs the script with `arguments` in a new folder that holds `name` with `content`.
Answer run(const std::string& name, const std::string& content, const std::string& arguments) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "assay-ptxas-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  std::ofstream(fs::path(folder) / name) << content;
  const std::string command =
      "cd " + folder + " && '" + ASSAY_CHECK_PTXAS + "' " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Answer answer{};
  char buffer[256];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) answer.said += buffer;
  answer.status = WEXITSTATUS(pclose(pipe));
  fs::remove_all(folder);
  return answer;
}

Answer judge(const std::string& log) { return run("kernel.cu.o.ptxas", log, "."); }

/// As the build calls it, with a compiler that only says `said`.
Answer compile(const std::string& said) {
  return run("said", said, "--compile sh -c 'cat said >&2' -o kernel.cu.o");
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A kernel's properties as ptxas prints them.
std::string kernel(const std::string& architecture, int stack, int stores, int loads) {
  return "ptxas info    : Compiling entry function '_Z3badPf' for '" + architecture +
         "'\nptxas info    : Function properties for _Z3badPf\n    " + std::to_string(stack) +
         " bytes stack frame, " + std::to_string(stores) + " bytes spill stores, " +
         std::to_string(loads) + " bytes spill loads\n";
}

TEST_SUITE("unit") {
  TEST_CASE("a log without faults passes check-ptxas") {
    const Answer answer = judge(kGood + kernel("sm_80", 0, 0, 0));
    CHECK(answer.status == 0);
    CHECK(contains(answer.said, "2 kernels"));
  }

  TEST_CASE("a kernel that spills is named by check-ptxas") {
    for (const char* architecture : {"sm_80", "sm_90a"}) {
      const Answer answer = judge(kGood + kernel(architecture, 1216, 492, 504));
      CHECK(answer.status == 1);
      CHECK(contains(answer.said, "_Z3badPf: spills 492 bytes"));
    }
    CHECK(judge(kernel("sm_90a", 8, 0, 4)).status == 1);
  }

  TEST_CASE("a Hopper kernel with a stack frame is named by check-ptxas") {
    const Answer answer = judge(kGood + kernel("sm_90a", 128, 0, 0));
    CHECK(answer.status == 1);
    CHECK(contains(answer.said, "_Z3badPf: has a stack frame of 128 bytes"));
    CHECK(judge(kernel("sm_80", 128, 0, 0)).status == 0);
  }

  TEST_CASE("serialised or patched wgmma is repeated by check-ptxas") {
    const char* const remarks[] = {
        "ptxas info    : (C7508) Potential Performance Loss: wgmma.mma_async instructions are "
        "serialized due to the presence of Extern calls in the function '_Z3badPf'\n",
        "ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are "
        "serialized due to insufficient register resources for the wgmma pipeline in the function "
        "'_Z3badPf'\n",
        "ptxas info    : (C7511) Potential Performance Loss: wgmma.mma_async instructions are "
        "serialized due to ill formed pipeline stage in the function '_Z3badPf'\n",
        "ptxas info    : (C7517) warpgroup.wait is injected in around line 205 by compiler to "
        "allow use of registers defined by GMMA in function '_Z3badPf'\n"};
    for (const std::string remark : remarks) {
      const Answer answer = judge(remark + kGood);
      CHECK(answer.status == 1);
      CHECK(contains(answer.said, remark.substr(16, 7)));
    }
  }

  TEST_CASE("a planted fault fails the build and a good kernel does not") {
    CHECK(compile(kGood).status == 0);
    const Answer spill = compile(kGood + kernel("sm_90a", 0, 492, 504));
    CHECK(spill.status == 1);
    CHECK(contains(spill.said, "_Z3badPf: spills 492 bytes"));
    CHECK(compile(kGood + kernel("sm_90a", 128, 0, 0)).status == 1);
    CHECK(compile(std::string("ptxas info    : (C7510) Potential Performance Loss: "
                              "wgmma.mma_async instructions are serialized\n") +
                  kGood)
              .status == 1);
  }

  TEST_CASE("nvcc fails as in the build where a real kernel spills") {
    if (std::string(ASSAY_NVCC).empty()) test::not_run("this build has no nvcc");
    // 64 sums that live through the loop do not fit 32 registers.
    const std::string source =
        "__global__ void bad(const float* in, float* out, int n) {\n"
        "  float sums[64] = {};\n"
        "  for (int i = 0; i < n; ++i)\n"
        "    _Pragma(\"unroll\") for (int j = 0; j < 64; ++j) sums[j] += in[i] * in[i + j];\n"
        "  for (int j = 0; j < 64; ++j) out[j] = sums[j];\n"
        "}\n";
    const std::string nvcc = std::string("--compile '") + ASSAY_NVCC +
                             "' -gencode arch=compute_90a,code=sm_90a -O3 -Xptxas=-v -c bad.cu "
                             "-o bad.o";
    CHECK(run("bad.cu", source, nvcc).status == 0);
    const Answer starved = run("bad.cu", source, nvcc + " -maxrregcount=32");
    CHECK(starved.status == 1);
    CHECK(contains(starved.said, "spills"));
  }

  TEST_CASE("a log that names no kernel is no proof for check-ptxas") {
    CHECK(judge("").status == 2);
    CHECK(judge("nvcc warning : something else\n").status == 2);
  }
}

}  // namespace
}  // namespace assay
