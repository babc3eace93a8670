// Pulls libyaml's events into a tree; its marks count characters, ours are bytes.
#include "harness/conformance/evidence/yaml_tree.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

constexpr int kDeepest = 16;

/// Where each character begins, and the end of the text.
std::vector<std::size_t> character_offsets(std::string_view text) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(i);
  offsets.push_back(text.size());
  return offsets;
}

/// YAML's words for a value that is not there.
bool is_null(std::string_view plain) {
  return plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  yaml_event_t* fill() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& where)
      : text_(text), where_(where), offsets_(character_offsets(text)) {
    if (yaml_parser_initialize(&parser_) != 1) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  YamlNode document() {
    expect(YAML_STREAM_START_EVENT);
    expect(YAML_DOCUMENT_START_EVENT);
    Event first;
    next(first);
    YamlNode root = node(first, 0);
    expect(YAML_DOCUMENT_END_EVENT);
    expect(YAML_STREAM_END_EVENT);
    return root;
  }

 private:
  void next(Event& event) {
    if (yaml_parser_parse(&parser_, event.fill()) == 1) return;
    const yaml_mark_t& mark = parser_.problem_mark;
    throw Error(fmt::format("{}: line {}, column {}: {}", where_, mark.line + 1, mark.column + 1,
                            printable(parser_.problem ? parser_.problem : "no YAML")));
  }

  void expect(yaml_event_type_t type) {
    Event event;
    next(event);
    if (event->type == type) return;
    YamlNode at;
    place(event, at);
    refuse_yaml(where_, at, "expected one YAML document");
  }

  std::size_t byte_of(const yaml_mark_t& mark) const {
    return offsets_[std::min(mark.index, offsets_.size() - 1)];
  }

  void place(const Event& event, YamlNode& made) const {
    made.begin = byte_of(event->start_mark);
    made.end = byte_of(event->end_mark);
    made.line = event->start_mark.line + 1;
    made.column = event->start_mark.column + 1;
  }

  YamlNode node(const Event& event, int depth) {
    YamlNode made;
    place(event, made);
    if (depth >= kDeepest) refuse_yaml(where_, made, "nested too deeply");
    switch (event->type) {
      case YAML_SCALAR_EVENT:
        read_scalar(event, made);
        return made;
      case YAML_SEQUENCE_START_EVENT:
        read_items(made, depth);
        return made;
      case YAML_MAPPING_START_EVENT:
        read_members(made, depth);
        return made;
      default:
        refuse_yaml(where_, made, "expected a text, a list or a mapping, and no alias");
    }
  }

  void read_scalar(const Event& event, YamlNode& made) const {
    const auto& scalar = event->data.scalar;
    made.value.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    if (scalar.style == YAML_PLAIN_SCALAR_STYLE && is_null(made.value)) made.value.clear();
    const bool is_block =
        scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE;
    // libyaml ends a block where the next token begins, after line breaks that are not its own.
    if (is_block && made.value.empty()) {
      const std::size_t header = text_.find_first_of("|>", made.begin);
      made.end = std::min(text_.find_first_not_of("+-0123456789", header + 1), text_.size());
    }
  }

  void read_items(YamlNode& list, int depth) {
    list.kind = YamlNode::Kind::sequence;
    for (;;) {
      Event event;
      next(event);
      if (event->type == YAML_SEQUENCE_END_EVENT) {
        list.end = byte_of(event->end_mark);
        return;
      }
      list.items.push_back(node(event, depth + 1));
    }
  }

  void read_members(YamlNode& mapping, int depth) {
    mapping.kind = YamlNode::Kind::mapping;
    for (;;) {
      Event key_event;
      next(key_event);
      if (key_event->type == YAML_MAPPING_END_EVENT) {
        mapping.end = byte_of(key_event->end_mark);
        return;
      }
      const YamlNode key = node(key_event, depth + 1);
      if (key.kind != YamlNode::Kind::scalar) refuse_yaml(where_, key, "the name is no text");
      if (mapping.find(key.value) != nullptr)
        refuse_yaml(where_, key, fmt::format("{} stands twice", in_quotes(key.value)));
      Event value;
      next(value);
      mapping.members.push_back({key.value, node(value, depth + 1)});
    }
  }

  std::string_view text_;
  std::string where_;
  std::vector<std::size_t> offsets_;
  yaml_parser_t parser_{};
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const {
  for (const auto& [key, member] : members)
    if (key == name) return &member;
  return nullptr;
}

YamlNode parse_yaml(std::string_view text, const std::string& where) {
  return Reader(text, where).document();
}

void refuse_yaml(const std::string& where, const YamlNode& at, const std::string& what) {
  throw Error(fmt::format("{}: line {}, column {}: {}", where, at.line, at.column, what));
}

}  // namespace assay
