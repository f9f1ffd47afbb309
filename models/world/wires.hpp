// The wires during one step: what was written and not yet delivered, in order. Observers see octets
// when they are written, so that events stand in the order of cause and effect.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "world/world.hpp"

namespace sallyport::world {

class World::Wires final : public frontend::Host {
 public:
  Wires(World& world, const Step& step, trace::Trace& out, Taken* taken);
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;
  ~Wires() override { queue_.clear(); }

  /// A bit for each piece of the world that was looked at or changed so far: see Taken.
  [[nodiscard]] std::uint32_t footprint() const;
  /// The step's mishap struck.
  [[nodiscard]] bool struck() const { return struck_; }
  /// See Taken.
  [[nodiscard]] std::uint16_t openings() const { return openings_; }

  // What happens in a step.
  void connect(trace::SessionId s);
  void act(trace::SessionId s, const client::Action& action);
  void wait(std::uint32_t seconds);
  /// What slow back-ends said in the step before comes now, and then whatever somebody waits for.
  void come_to_rest();

  // frontend::Host
  void to_client(trace::SessionId s, std::string octets) override;
  void close_client(trace::SessionId s) override;
  void start_tls(trace::SessionId s) override;
  void open_backend(trace::LinkId k, trace::Protocol protocol, std::uint8_t route) override;
  void to_backend(trace::LinkId k, std::string octets) override;
  void close_backend(trace::LinkId k) override;
  void start_backend_tls(trace::LinkId k) override;
  void look_up(trace::SessionId s, std::string_view user) override;
  std::size_t choose(trace::SessionId s, std::span<const trace::LinkId> eligible) override;
  void inside(const trace::Event& event) override;
  void log(trace::SessionId s, std::string_view line, std::string_view said) override;

 private:
  [[nodiscard]] trace::Protocol protocol() const { return world_.setting_->protocol; }
  /// The kind of back-end that is connected to now.
  [[nodiscard]] const backend::Directory& directory();
  /// Does the step's mishap strike here? Each strikes once, but for what lists show.
  [[nodiscard]] bool strikes(Strikes where, trace::LinkId k);
  /// The connection that it was written to is still the one of that number.
  [[nodiscard]] bool stands(const Delivery& delivery);

  void given(trace::Event event);
  void from_client(trace::SessionId s, std::string octets);
  void said_by_backend(trace::LinkId k, Answer answer);
  void settle();
  void deliver(const Delivery& delivery);
  void answer_front_end(trace::LinkId k, std::string_view said);
  void begin_tls(trace::SessionId s);
  void begin_backend_tls(trace::LinkId k);
  void ask_database(trace::SessionId s, std::string_view user);
  void check_mail(trace::SessionId s);
  void tell_held();

  // Nothing gets at a client or a connection but through these; where it does, it says why.
  [[nodiscard]] Slot& slot_of(trace::SessionId s) {
    pieces_ |= std::uint32_t{1} << s;
    return world_.slots_[s];
  }
  [[nodiscard]] std::optional<Link>& link_of(trace::LinkId k) {
    pieces_ |= std::uint32_t{1} << (clients_max + k);
    return world_.links_[k];
  }
  void look_at_rest(std::size_t which) { pieces_ |= std::uint32_t{1} << world_.rest_piece(which); }

  World& world_;
  const Step& step_;
  trace::Trace& out_;
  Taken* taken_;
  std::uint32_t pieces_ = 0;
  std::uint32_t nonces_asked_before_;
  observe::Shared shared_;
  std::uint16_t openings_before_;  // connections up to it come from the pool
  std::vector<Delivery>& queue_;   // the world's, for its memory
  std::size_t next_ = 0;
  std::size_t lease_ = 0;
  bool struck_ = false;
  std::uint16_t openings_ = 0;
};

}  // namespace sallyport::world
