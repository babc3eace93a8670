// Reads the text of nvbandwidth: a test's name, what a matrix is of, the matrix, its sum.
#include <fmt/format.h>

#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/reported/nvbandwidth_output.h"

namespace assay::reported {

namespace {

constexpr std::int64_t kMebibyte = 1 << 20;  // the unit of its -b

class NvbandwidthReader {
 public:
  explicit NvbandwidthReader(const Source& source) : source_(source) {}

  NvbandwidthOutput read() {
    for (const Line& line : lines_of(source_)) take(line);
    end_test();
    return std::move(output_);
  }

 private:
  void take(const Line& line) {
    static const RegularExpression kRunning("^\\s*Running (\\S+?)\\.?\\s*$");
    static const RegularExpression kDescription(
        "\\((?:row|column)\\).*\\((?:[^()]*/[^()]*|[A-Za-z]*[Bb]ps|[a-zµμ]{0,2}s)\\)\\s*$");
    static const RegularExpression kWaived("^\\s*Waived:\\s*(.*)$");
    static const RegularExpression kWaiving("^\\s*Waiving (\\S+?)\\.?\\s*$");  // of 0.2
    static const RegularExpression kCommand("(?:^|[\\s/])nvbandwidth(?:\\s+-.*|\\s*)$");
    static const RegularExpression kSum("^\\s*(SUM|MIN|MAX|AVG|&&&& PERF) (\\S+)");
    const bool is_command = kCommand.is_found_in(line.text);
    if (is_command || line.text.find("nvbandwidth Version:") != std::string::npos)
      begin_run(is_command);
    if (const auto part = kRunning.groups_in(line.text); !part.empty()) {
      running_ = part[1];
      return begin(line);
    }
    if (const auto part = kWaiving.groups_in(line.text); !part.empty()) {
      running_ = part[1];
      begin(line);
      return waive("");
    }
    if (kDescription.is_found_in(line.text)) return describe(line);
    if (test_ == nullptr) return take_fact(line.text);
    if (const auto part = kWaived.groups_in(line.text); !part.empty()) {
      if (!test_->rows.empty()) return;  // it is of another test, which is not named
      waive(part[1]);
    } else if (const auto sum = kSum.groups_in(line.text); !sum.empty()) {
      wants_rows_ = false;
      if (sum[1] == "SUM" && sum[2].starts_with(running_)) test_->name = sum[2];
    } else if (!test_->description.empty() && wants_rows_) {
      take_row(line);
    } else if (test_->problem.empty() && !words_in(line.text).empty() && test_->rows.empty()) {
      // The first line that a failing test prints.
      test_->problem = line.text.substr(line.text.find_first_not_of(" \t"));
    }
  }

  /// A run begins with its command or, where somebody left that out, with the version.
  void begin_run(bool is_command) {
    end_test();
    test_ = nullptr;
    const bool has_tests =
        !output_.tests.empty() && output_.tests.back().run + 1 == output_.runs.size();
    if (has_tests) output_.runs.emplace_back();
    running_.clear();
    if (is_command) output_.runs.back().buffer_bytes.reset();
  }

  void waive(const std::string& why) {
    test_->is_waived = true;
    test_->problem = "waived by nvbandwidth" + (why.empty() ? "" : ": " + why);
  }

  void begin(const Line& line) {
    end_test();
    NvbandwidthTest test;
    test.run = output_.runs.size() - 1;
    test.place = fmt::format("line {}", line.number);
    test.name = running_;
    output_.tests.push_back(std::move(test));
    test_ = &output_.tests.back();
    begin_ = line.number;
    wants_rows_ = true;
  }

  /// What a matrix is of; a bidirectional test has three, whose sums name them.
  void describe(const Line& line) {
    if (test_ == nullptr || !test_->rows.empty()) begin(line);
    test_->description = line.text;
  }

  void end_test() {
    if (test_ == nullptr) return;
    if (test_->name.empty()) {
      refuse(source_, begin_,
             "a matrix without the name of its test: the line \"Running NAME.\" above it or \"SUM "
             "NAME\" below it");
    }
    if (test_->rows.empty() && test_->problem.empty())
      test_->problem = "the output ends before its figures";
  }

  void take_row(const Line& line) {
    const std::vector<std::string> words = words_in(line.text);
    if (words.empty()) {
      wants_rows_ = test_->rows.empty();
      return;
    }
    if (test_->columns.empty()) {
      test_->columns = words;
      return;
    }
    if (words.size() != test_->columns.size() + 1) {
      refuse(
          source_, line.number,
          fmt::format("{} words where a row of {} has {}: the matrix is cut or damaged",
                      words.size(), printable(test_->name.empty() ? "the matrix" : test_->name, 60),
                      test_->columns.size() + 1));
    }
    NvbandwidthRow row;
    row.label = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto value = number_of(words[i]);
      if (words[i] != "N/A" && (!value || *value < 0 || *value > 1e8)) {
        refuse(source_, line.number,
               fmt::format("{} where a figure or N/A was expected", in_quotes(words[i])));
      }
      row.values.push_back(words[i] == "N/A" ? std::nullopt : value);
    }
    test_->rows.push_back(std::move(row));
    if (!test_->is_waived) test_->problem.clear();  // what --verbose printed before the matrix
  }

  void take_fact(const std::string& text) {
    static const RegularExpression kVersion("nvbandwidth Version: (\\S+)");
    static const RegularExpression kDriver("^\\s*Driver Version: (\\S+)");
    static const RegularExpression kCuda("CUDA Runtime Version: (\\S+)");
    static const RegularExpression kBuffer("nvbandwidth .*(?:-b|--bufferSize)[ =](\\d{1,7})\\b");
    static const RegularExpression kDevice("^\\s*Device (\\d.*)$");
    static const RegularExpression kProcess("^\\s*Process\\s+\\d+ \\(([^()]+)\\): device (\\d.*)$");
    static const RegularExpression kHost("^\\s*([A-Za-z0-9][A-Za-z0-9.-]*)\\s*$");
    const auto keep = [&](const RegularExpression& what, std::string& where) {
      const auto part = what.groups_in(text);
      if (!part.empty() && where.empty()) where = part[1];
    };
    keep(kVersion, output_.version);
    keep(kDriver, output_.driver);
    keep(kCuda, output_.cuda);
    if (const auto part = kBuffer.groups_in(text); !part.empty()) {
      output_.runs.back().buffer_bytes = std::stoll(part[1]) * kMebibyte;
    }
    if (const auto part = kDevice.groups_in(text); !part.empty()) {
      NvbandwidthRun& run = output_.runs.back();
      if (run.devices.empty()) run.node = host_;
      take_nvbandwidth_device(part[1], run.node, run.devices);
    } else if (const auto process = kProcess.groups_in(text); !process.empty()) {
      take_nvbandwidth_device(process[2], process[1], output_.runs.back().devices);
    }
    // Newer versions print the host's name on a line of its own, just before the devices.
    const auto host = kHost.groups_in(text);
    host_ = host.empty() ? "" : host[1];
  }

  const Source& source_;
  NvbandwidthOutput output_;
  NvbandwidthTest* test_ = nullptr;
  std::size_t begin_ = 0;  // the line of test_
  std::string running_;    // the name that was last announced
  bool wants_rows_ = false;
  std::string host_;
};

}  // namespace

NvbandwidthOutput nvbandwidth_text(const Source& source) {
  return NvbandwidthReader(source).read();
}

bool take_nvbandwidth_device(const std::string& text, const std::string& node,
                             std::vector<NvbandwidthDevice>& devices) {
  static const RegularExpression kDevice(
      "^(\\d{1,5}): (.*?)(?: \\(([0-9a-fA-F:.]+)\\))?(?:: \\(([^()]+)\\))?\\s*$");
  const auto part = kDevice.groups_in(text);
  if (part.empty()) return false;
  devices.push_back({part[4].empty() ? node : part[4], part[2], part[3], std::stoi(part[1])});
  return true;
}

}  // namespace assay::reported
