// scripts/check-ptxas on logs with one fault planted in each, in the words of ptxas 13.0.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

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

/// Runs the script on a folder that holds `log`.
Answer judge(const std::string& log) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "assay-ptxas-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  std::ofstream(fs::path(folder) / "kernel.cu.o.ptxas") << log;
  const std::string command = std::string(ASSAY_CHECK_PTXAS) + " " + folder + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Answer answer{};
  char buffer[256];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) answer.said += buffer;
  answer.status = WEXITSTATUS(pclose(pipe));
  fs::remove_all(folder);
  return answer;
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

  TEST_CASE("a log that names no kernel is no proof for check-ptxas") {
    CHECK(judge("").status == 2);
    CHECK(judge("nvcc warning : something else\n").status == 2);
  }
}

}  // namespace
}  // namespace assay
