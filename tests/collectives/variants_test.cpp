// What the suffix of an implementation asks of a library.
#include "collectives/variants.h"

#include <doctest/doctest.h>

namespace assay {

using Names = std::vector<std::string>;

TEST_SUITE("unit") {
  TEST_CASE("the suffix of an implementation says what is forced or where the buffers are") {
    struct Row {
      const char* implementation;
      const char* algorithm;
      bool in_place, registered;
    };
    for (const Row& row :
         {Row{"nccl", "", false, false}, Row{"nccl_in_place", "", true, false},
          Row{"nccl_registered", "", false, true}, Row{"nccl_ring", "ring", false, false},
          Row{"nccl_tree", "tree", false, false}, Row{"nccl_nvls", "nvls", false, false}}) {
      CAPTURE(row.implementation);
      const auto variant = variant_of("nccl", row.implementation);
      REQUIRE(variant);
      CHECK(variant->algorithm == row.algorithm);
      CHECK(variant->in_place == row.in_place);
      CHECK(variant->registered == row.registered);
    }
    for (const char* other : {"", "nccl_", "ncclring", "nccl_rin", "nccl_xring", "nccl__ring",
                              "nccl_ring_in_place", "gloo", "gloo_ring", "xnccl_ring"})
      CHECK_MESSAGE(!variant_of("nccl", other), other);
  }

  TEST_CASE("every variant of a library is one that it has and none is the plain one") {
    const Names names = variants_of("gloo");
    CHECK(names ==
          Names{"gloo_in_place", "gloo_registered", "gloo_ring", "gloo_tree", "gloo_nvls"});
    for (const std::string& name : names) CHECK_MESSAGE(variant_of("gloo", name), name);
  }

  TEST_CASE("algorithms that implementations force are named once in their order") {
    CHECK(forced_algorithms("nccl", {"nccl", "nccl_tree", "nccl_in_place", "nccl_ring", "nccl_tree",
                                     "gloo_nvls"}) == Names{"tree", "ring"});
    CHECK(forced_algorithms("nccl", {"nccl", "nccl_registered"}).empty());
    CHECK(forced_algorithms("nccl", {}).empty());
  }
}

}  // namespace assay
