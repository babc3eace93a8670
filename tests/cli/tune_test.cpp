// `assay tune` where there is no GPU: what it says, and what it makes of an earlier sweep.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

constexpr const char* kHeading =
    "m,n,k,multiprocessors,left,right,consumers,stages,cluster,swapped,ping_pong,splits,shares,"
    "took_s,model_cycles\n";

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a sweep that was written earlier is shown with the fastest plan of each shape") {
    const Workplace workplace;
    write_text_file(workplace.path("sweep.csv"),
                    std::string(kHeading) +
                        "4096,4096,4096,132,128,256,2,4,2,0,0,1,0,0.0003,282155\n"
                        "4096,4096,4096,132,256,128,2,4,2,0,0,1,0,0.0002,282155\n"
                        "8,8192,8192,132,128,8,2,12,1,1,0,2,0,4e-05,60000\n");
    const Outcome tuned = workplace.assay({"tune", "sweep.csv"});
    CAPTURE(tuned.err);
    CHECK(tuned.exit_code == 0);
    CHECK(contains(tuned.out, "4096 4096 4096  2      200 us"));
    CHECK(contains(tuned.out, "1.500 x        256x128, cluster of 2"));
    CHECK(contains(tuned.out, "first plan takes 1.225 times the fastest"));
    CHECK(contains(tuned.out, "Too few plans to fit"));
    CHECK(workplace.leftovers().size() == 1);
  }

  TEST_CASE("a file that is no sweep is refused with the line") {
    const Workplace workplace;
    write_text_file(workplace.path("other.csv"), "a,b\n");
    write_text_file(workplace.path("broken.csv"), std::string(kHeading) + "4096,4096\n");
    write_text_file(workplace.path("empty.csv"), kHeading);
    const std::pair<const char*, const char*> rows[] = {{"other.csv", "this is no sweep"},
                                                        {"broken.csv", "line 2"},
                                                        {"empty.csv", "no plan was timed"},
                                                        {"absent.csv", "absent.csv"}};
    for (const auto& [file, said] : rows) {
      const Outcome refused = workplace.assay({"tune", file});
      CAPTURE(refused.err);
      CHECK(refused.exit_code == 2);
      CHECK(is_one_line(refused.err));
      CHECK(contains(refused.err, said));
      CHECK(refused.out == "");
    }
  }

  TEST_CASE("a sweep replaces no file of another kind") {
    const Workplace workplace;
    write_text_file(workplace.path("mine.csv"), "a,b\n");
    const Outcome refused = workplace.assay({"tune", "-o", "mine.csv"});
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.err, "mine.csv"));
    CHECK(read_text(workplace.path("mine.csv")) == "a,b\n");
  }
}

TEST_SUITE("golden") {
  TEST_CASE("the predicted plans of the listed shapes are those of the committed table") {
    const Workplace workplace;
    const Outcome predicted = workplace.assay({"tune", "--predict"});
    CHECK(predicted.exit_code == 0);
    CHECK(predicted.err == "");
    const std::string path = ASSAY_SOURCE_DIR "/kernels/gemm/sm90/predicted_plans.txt";
    CHECK_MESSAGE(predicted.out == read_text(path),
                  "the model changed: look at the plans, then `assay tune --predict >", path, "`");
  }

  TEST_CASE("a prediction reads no sweep") {
    const Workplace workplace;
    const Outcome refused = workplace.assay({"tune", "--predict", "sweep.csv"});
    CHECK(refused.exit_code == 2);
    CHECK(is_one_line(refused.err));
    CHECK(contains(refused.err, "--predict reads no sweep"));
  }
}

}  // namespace assay::test
