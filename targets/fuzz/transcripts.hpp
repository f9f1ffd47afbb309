// Transcripts as inputs: those in the properties' pages, and one whose lines came in two packets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::fuzz {

struct NamedTranscript {
  std::string name;  // "sas-07-near-miss-2", by the page's name, the kind and the place in the page
  std::string text;
};
/// Of the page `name`, "sas_07". One of two runs gives each as a transcript of its own.
[[nodiscard]] std::vector<NamedTranscript> transcripts_of(std::string_view name,
                                                          std::string_view page);

/// The first octet of each line on a wire comes by itself, where it is printable.
[[nodiscard]] std::string with_first_octets_apart(std::string_view transcript);

}  // namespace sallyport::fuzz
