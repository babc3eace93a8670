// Words for what the emulator finds.
#include "kernels/emulator/report.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string_view>

namespace assay::emulator {

namespace {

std::string from_repository_root(std::string_view path) {
  for (const std::string_view folder : {"/kernels/", "/tests/"}) {
    if (const auto at = path.rfind(folder); at != path.npos) {
      return std::string(path.substr(at + 1));
    }
  }
  return std::string(path);
}

/// The line that `pc` returns to, read from the debug information by binutils' addr2line.
std::string source_line(const void* pc) {
  static std::map<const void*, std::string> known;
  if (const auto found = known.find(pc); found != known.end()) return found->second;
  std::string line;
  Dl_info info{};
  link_map* object = nullptr;
  if (dladdr1(pc, &info, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) != 0) {
    const auto offset = reinterpret_cast<std::uintptr_t>(pc) - object->l_addr - 1;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command =
        fmt::format("addr2line -i -e '{}' {:#x} 2>/dev/null", program, offset);
    if (FILE* pipe = popen(command.c_str(), "r"); pipe != nullptr) {
      std::array<char, 1024> buffer{};
      if (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) line = buffer.data();
      while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
      }
      pclose(pipe);
    }
    line = line.substr(0, line.find('\n'));
    line = line.substr(0, line.find(" ("));  // what follows is a discriminator
    if (line.starts_with("?")) line.clear();
  }
  return known[pc] = from_repository_root(line);
}

}  // namespace

const char* name(Fault fault) {
  switch (fault) {
    case Fault::kDeadlock:
      return "deadlock";
    case Fault::kRace:
      return "race";
    case Fault::kPendingAsync:
      return "asynchronous access pending";
    case Fault::kMissingProxyFence:
      return "missing proxy fence";
    case Fault::kTransactionBytes:
      return "transaction bytes do not match";
    case Fault::kArrivalCount:
      return "arrival count exceeded";
    case Fault::kBarrierMisuse:
      return "mbarrier misused";
    case Fault::kDescriptor:
      return "descriptor breaks its rules";
    case Fault::kTensorMap:
      return "tensor map breaks its rules";
    case Fault::kUninitialised:
      return "uninitialised read";
    case Fault::kOutOfBounds:
      return "out of bounds";
    case Fault::kAlignment:
      return "misaligned";
    case Fault::kAccumulator:
      return "accumulators touched";
    case Fault::kDivergence:
      return "divergent collective";
    case Fault::kNamedBarrier:
      return "named barrier mismatch";
    case Fault::kRegisters:
      return "register pool misused";
    case Fault::kUnfinished:
      return "unfinished at exit";
    case Fault::kTrap:
      return "trap";
    case Fault::kWrongResult:
      return "wrong result";
  }
  return "unknown";
}

std::string Site::text() const {
  if (at.line() == 0) return instruction;
  return fmt::format("{} at {}:{}", instruction, from_repository_root(at.file_name()), at.line());
}

std::string Report::location() const {
  if (pc != nullptr) {
    if (std::string line = source_line(pc); !line.empty()) return line;
  }
  return fmt::format("{}:{}", from_repository_root(site.at.file_name()), site.at.line());
}

std::string Report::text() const {
  std::string text = name(fault);
  if (!who.empty()) text += ": " + who;
  if (pc != nullptr) {
    text += fmt::format(", plain access at {} (after {})", location(), site.text());
  } else if (site.at.line() != 0) {
    text += ", " + site.text();
  }
  return fmt::format("{}: {} [mode {}, seed {}]", text, detail, mode, seed);
}

}  // namespace assay::emulator
