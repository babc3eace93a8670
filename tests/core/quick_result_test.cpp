// The quick reader of results: it reads what the strict one reads, and leaves it what is unusual.
#include "harness/core/quick_result.h"

#include <doctest/doctest.h>

#include <array>

#include "harness/core/document.h"
#include "harness/core/json_text.h"
#include "tests/core/full_result.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

std::string full_text() { return json_text(to_json(test::full_result())); }

/// The document with the first `from` replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string text = full_text();
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string nested(std::size_t levels) {
  return with("\"extensions\": {", "\"extensions\": {\"deep\": " + std::string(levels, '[') +
                                       std::string(levels, ']') + ",");
}

bool is_read(const std::string& text) {
  Result result;
  return read_quickly(text, result);
}

/// A document with as few fields as there may be.
Result least_result() {
  const Result full = test::full_result();
  Result least;
  least.status = RunStatus::complete;
  least.simulated = true;
  least.run.id = full.run.id;
  least.run.started = full.run.started;
  least.run.finished = full.run.finished;
  least.run.profile_name = full.run.profile_name;
  least.run.profile_sha256 = full.run.profile_sha256;
  least.run.backend = full.run.backend;
  DeviceFacts device;
  device.name = "d";
  device.uuid = "u";
  NodeFacts node;
  node.name = "n";
  node.devices = {device};
  least.nodes = {node};
  Measurement measurement;
  measurement.id = full.measurements.front().id;
  measurement.group = measurement.id.group();
  measurement.scope = {"device", {"u"}};
  measurement.input_pattern = "normal";
  measurement.started = full.measurements.front().started;
  measurement.reason = "out of memory";
  least.measurements = {measurement};
  return least;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a document with every field is read as the strict reader reads it") {
    const std::string text = full_text();
    Result quick;
    REQUIRE(read_quickly(text, quick));
    CHECK(to_json(quick) == to_json(result_from_json(parse_json(text, "full"))));
  }

  TEST_CASE("nothing is left of a document over which another was read") {
    std::vector<std::string> texts = {full_text(), json_text(to_json(least_result()))};
    for (const char* more :
         {"\"a\": [1, {\"b\": \"c\", \"d\": 2}, 3]", "\"a\": [{\"b\": 1}], \"z\": {}",
          "\"z\": 1, \"a\": [\"b\"]", "\"a\": {\"b\": []}"})
      texts.push_back(with("\"extensions\": {", std::string("\"extensions\": {") + more + ","));
    texts.push_back(with("\"software\": {", "\"software\": {\"a\": \"1\", \"zz\": \"2\","));
    for (const std::string& first : texts) {
      for (const std::string& second : texts) {
        Result result;
        REQUIRE(read_quickly(first, result));
        REQUIRE(read_quickly(second, result));
        CHECK(to_json(result) == to_json(result_from_json(parse_json(second, "second"))));
      }
    }
  }

  TEST_CASE("a document is read into the memory of the one before") {
    const std::string text = full_text();
    Result result;
    REQUIRE(read_quickly(text, result));
    constexpr std::size_t kMore = 1000;  // places than reading anew would make
    result.measurements.reserve(kMore);
    Measurement& measurement = result.measurements.front();
    measurement.samples->values_s.reserve(kMore);
    measurement.telemetry.get_ref<Json::object_t&>().reserve(kMore);
    const auto* metric = &*measurement.metrics.begin();
    REQUIRE(read_quickly(text, result));
    CHECK(&measurement == result.measurements.data());
    CHECK(result.measurements.capacity() >= kMore);
    CHECK(measurement.samples->values_s.capacity() >= kMore);
    CHECK(measurement.telemetry.get_ref<Json::object_t&>().capacity() >= kMore);
    CHECK(metric == &*measurement.metrics.begin());
  }

  TEST_CASE("of the telemetry only what was asked for is read") {
    Result result = test::full_result();
    for (Measurement& one : result.measurements)
      one.telemetry = {
          {"readings", 4}, {"power_w", {{"median", 700.0}}}, {"clock_hz", {{"low", 2e9}}}};
    const std::string text = json_text(to_json(result));
    constexpr std::array<std::string_view, 2> kAsked = {"power_w", "temperature_c"};
    Result quick;
    REQUIRE(read_quickly(text, quick, kAsked));
    for (Measurement& one : result.measurements) one.telemetry = {{"power_w", {{"median", 700.0}}}};
    CHECK(to_json(quick) == to_json(result));
    CHECK(!read_quickly(with("\"telemetry\": {", "\"telemetry\": {\"Strange\": null,"), quick,
                        kAsked));
  }

  TEST_CASE("a document of the version before is not read quickly") {
    CHECK(is_read(full_text()));
    CHECK_FALSE(is_read(with("\"schema_version\": \"1.1\"", "\"schema_version\": \"1.0\"")));
  }

  TEST_CASE("every valid example of the newest version is read quickly") {
    int results = 0;
    Result quick;
    const fs::path folder = fs::path(ASSAY_SOURCE_DIR) / "results-schema/examples/valid";
    for (const auto& entry : fs::directory_iterator(folder)) {
      CAPTURE(entry.path());
      const std::string text = read_text(entry.path());
      const Json document = parse_json(text, "example");
      if (kind_of(document, "example") != DocumentKind::result) continue;
      if (document["schema_version"] != "1.1") continue;
      REQUIRE(read_quickly(text, quick));
      CHECK(to_json(quick) == to_json(result_from_json(document)));
      ++results;
    }
    CHECK(results >= 3);
  }

  TEST_CASE("what is no document of the newest version is left to the strict reader") {
    CHECK(is_read(with("\"kind\"", "\"kind\"")));
    CHECK(!is_read(""));
    CHECK(!is_read("{}"));
    CHECK(!is_read(full_text() + "x"));
    CHECK(!is_read(full_text() + std::string(1, '\0')));
    CHECK(!is_read("\xEF\xBB\xBF" + full_text()));
    CHECK(!is_read(with("\"schema_version\": \"1.1\"", "\"schema_version\": \"1.0\"")));
    CHECK(!is_read(with("\"schema_version\": \"1.1\"", "\"schema_version\": \"2.0\"")));
    CHECK(!is_read(with("\"kind\": \"assay.result\"", "\"kind\": \"assay.verdict\"")));
    CHECK(!is_read(full_text().substr(0, full_text().size() / 2)));
  }

  TEST_CASE("what its schema or its fields do not allow is left to the strict reader") {
    CHECK(!is_read(with("\"extensions\": {", "\"strange\": 1, \"extensions\": {")));
    CHECK(!is_read(with("\"simulated\": ", "\"simulated\": 0, \"x\": ")));
    CHECK(!is_read(with("\"world_size\": ", "\"world_size\": 99999999999999999999, \"rank\": ")));
    CHECK(!is_read(with("\"median_s\": ", "\"median_s\": 1e999")));
    CHECK(!is_read(with("\"p5_s\": ", "\"p5_s\": 1e9")));
    CHECK(!is_read(with("\"workload\": \"", "\"workload\": \"x")));
  }

  TEST_CASE("parts of a case that its id does not have are left to the strict reader") {
    struct Row {
      const char *from, *to;
    };
    for (const Row& row :
         {Row{"\"hq\": 64", "\"hk\": 64"}, Row{"\"hq\": 64", "\"hq\": 65"},
          Row{"\"hq\": 64", "\"hq\": true"}, Row{"\"hq\": 64", "\"hq\": 64, \"x\": 1"},
          Row{"\"hq\": 64,", ""}, Row{"\"causal\": true", "\"masked\": true"},
          Row{"\"causal\": true", "\"causal\": false"}, Row{"\"causal\": true", "\"causal\": 1"},
          Row{"\"dtype\": \"bf16\"", "\"dtype\": \"f16\""},
          Row{"\"implementation\": \"sm90\"", "\"implementation\": \"sm80\""}}) {
      CAPTURE(row.to);
      const std::string text = with(row.from, row.to);
      CHECK_THROWS(result_from_json(parse_json(text, "changed")));
      CHECK_FALSE(is_read(text));
    }
    CHECK(is_read(with("\"hq\": 64", "\"hq\":  64")));
  }

  TEST_CASE("numbers in a list are held to the bounds of their schema") {
    const auto with_value = [](const std::string& text) {
      Result result = test::full_result();
      for (Measurement& one : result.measurements)
        if (one.samples) one.samples->values_s.front() = 1234.5;
      std::string document = json_text(to_json(result));
      for (std::size_t at; (at = document.find("1234.5")) != document.npos;)
        document.replace(at, 6, text);
      return document;
    };
    for (const char* inside : {"86400", "86400.0", "1", "5e-324"})
      CHECK_MESSAGE(is_read(with_value(inside)), inside);
    for (const char* outside :
         {"86400.00000000001", "86401", "0", "0.0", "-1", "1e300", "9007199254740993",
          "18446744073709551615", "-9007199254740993", "true", "null"})
      CHECK_MESSAGE(!is_read(with_value(outside)), outside);
    Result result = test::full_result();
    for (Measurement& one : result.measurements)
      if (one.samples) one.samples->pass.back() = -1;
    CHECK(!is_read(json_text(to_json(result))));
  }

  TEST_CASE("members are read in whatever order they stand") {
    const auto reversed = [](const auto& self, const Json& value) -> Json {
      if (value.is_array()) {
        Json entries = Json::array();
        for (const Json& entry : value) entries.push_back(self(self, entry));
        return entries;
      }
      if (!value.is_object()) return value;
      Json members = Json::object();
      for (auto at = value.crbegin(); at != value.crend(); ++at)
        members[at.key()] = self(self, at.value());
      return members;
    };
    const Json document = to_json(test::full_result());
    Json rotated = Json::object();  // the last first, and so each other later by one
    rotated["extensions"] = document["extensions"];
    for (const auto& [key, value] : document.items()) rotated[key] = value;
    for (const Json& other : {reversed(reversed, document), rotated}) {
      Result quick;
      REQUIRE(read_quickly(json_text(other), quick));
      CHECK(to_json(quick) == to_json(result_from_json(other)));
      CHECK(quick.nodes.front().name == "node-a");
    }
  }

  TEST_CASE("the length of a text is that of its characters") {
    // A name has 1,024 at most; a character here has two bytes or one.
    const auto is_name_read = [](const std::string& character, int count) {
      Result result = test::full_result();
      std::string& name = result.nodes.front().name = "";
      for (int i = 0; i < count; ++i) name += character;
      return is_read(json_text(to_json(result)));
    };
    for (const char* character : {"a", "\u00e9", "\u20ac"}) {
      CAPTURE(character);
      CHECK(is_name_read(character, 1));
      CHECK(is_name_read(character, 1024));
      CHECK_FALSE(is_name_read(character, 1025));
      CHECK_FALSE(is_name_read(character, 0));
    }
  }

  TEST_CASE("a document that is too large is left to the strict reader") {
    constexpr std::size_t kMost = std::size_t{256} << 20;
    std::string text = full_text();
    text.resize(kMost + 1, ' ');
    CHECK_FALSE(is_read(text));
  }

  TEST_CASE("a name that stands twice is left to the strict reader wherever it stands") {
    CHECK(!is_read(with("\"kind\":", "\"status\": \"complete\", \"kind\":")));
    CHECK(!is_read(with("\"extensions\": {", "\"extensions\": {\"a\": 1, \"a\": 1,")));
    CHECK(!is_read(with("\"extensions\": {", "\"extensions\": {\"a\": 1, \"\\u0061\": 1,")));
    CHECK(!is_read(with("\"extensions\": {", "\"extensions\": {\"l\": [{\"a\": 1, \"a\": 1}],")));
    CHECK(!is_read(with("\"telemetry\": {", "\"telemetry\": {\"a\": 1, \"a\": 1,")));
    CHECK(!is_read(with("\"nics\": [", "\"nics\": [{\"a\": 1, \"a\": 1},")));
    CHECK(!is_read(with("\"software\": {", "\"software\": {\"a\": \"1\", \"a\": \"1\",")));
  }

  TEST_CASE("any name that stands twice in a document is left to the strict reader") {
    const std::string text = full_text();
    std::size_t names = 0;
    for (std::size_t at = 0; (at = text.find("\": ", at)) != text.npos; ++at) {
      const std::size_t name = text.rfind('"', at - 1);
      const char first = text[at + 3];
      if (first == '{' || first == '[') continue;  // a value of one line
      const std::size_t end = text.find_first_of(",\n", at);
      std::string twice = text;
      twice.insert(name, text.substr(name, end - name) + ", ");
      CHECK_MESSAGE(!is_read(twice), text.substr(name, end - name));
      ++names;
    }
    CHECK(names > 100);
  }

  TEST_CASE("a name that stands twice among few or many others is left to the strict reader") {
    // Of so many names the one at `twice` stands at the end again.
    const auto is_object_read = [](std::size_t names, std::size_t twice) {
      std::string text = "\"extensions\": {\"object\": {";
      for (std::size_t i = 0; i < names; ++i)
        text += "\"n" + std::to_string(i + 1 < names ? i : twice) + "\": [{\"n0\": 1}], ";
      text += "\"\": 1},";
      return is_read(with("\"extensions\": {", text));
    };
    for (const std::size_t names : {3, 30, 31, 32, 33, 64, 100}) {
      CAPTURE(names);
      CHECK(is_object_read(names, names - 1));
      for (const std::size_t twice : {std::size_t{0}, names / 2, names - 2})
        CHECK_FALSE(is_object_read(names, twice));
    }
  }

  TEST_CASE("depth and halves of surrogate pairs are left to the strict reader") {
    CHECK(is_read(nested(50)));
    CHECK(!is_read(nested(63)));
    CHECK(!is_read(nested(5000)));
    CHECK(!is_read(with("\"extensions\": {", "\"extensions\": {\"a\": \"\\udc00\",")));
    CHECK(!is_read(with("\"extensions\": {", "\"extensions\": {\"a\": \"\xff\",")));
  }
}

}  // namespace assay
