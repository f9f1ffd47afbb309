#include "targets/rapid/scripts.hpp"

#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "targets/engine/random_script.hpp"

namespace sallyport::rapid {

namespace {

using client::Verb;
using trace::Mechanism;
using world::Step;

enum class Shape : std::uint8_t { exchange, login, single, octets };

/// What a piece of work is made of.
struct Piece {
  Shape shape;
  std::uint8_t client;
  std::uint8_t account;
  bool right;
  Mechanism mechanism;
  std::uint8_t responses;  // of an exchange; two make a whole one
  Verb single;
  std::vector<Verb> next;             // behind a login or an exchange
  std::vector<world::Leases> leases;  // of its steps, in order
  std::uint8_t split;
  std::string octets;
};

std::vector<Verb> verbs_of(const Piece& piece) {
  std::vector<Verb> verbs;
  switch (piece.shape) {
    case Shape::exchange:
      verbs.push_back(Verb::authenticate);
      verbs.insert(verbs.end(), piece.responses, Verb::respond);
      break;
    case Shape::login:
      verbs.push_back(Verb::login);
      break;
    case Shape::single:
      return {piece.single};
    case Shape::octets:
      return {Verb::send};
  }
  verbs.insert(verbs.end(), piece.next.begin(), piece.next.end());
  return verbs;
}

void append_steps(const Piece& piece, std::vector<Step>& out) {
  std::size_t place = 0;
  for (const Verb verb : verbs_of(piece)) {
    const client::VerbFacts& facts = client::facts(verb);
    Step step;
    step.client = piece.client;
    step.action.verb = verb;
    if (facts.mechanism) step.action.mechanism = piece.mechanism;
    if (facts.account) {
      step.action.account = piece.account;
      step.action.right = piece.right;
    }
    if (facts.octets) step.action.octets = piece.octets;
    if (place < piece.leases.size()) step.leases = piece.leases[place];
    step.split = piece.split;
    ++place;
    out.push_back(std::move(step));
  }
}

rc::Gen<world::Leases> leases() {
  return rc::gen::weightedOneOf<world::Leases>(
      {{2, rc::gen::just(world::Leases{})},
       {1, rc::gen::resize(2, rc::gen::container<world::Leases>(
                                  rc::gen::elementOf(world::Leases{0, 1, 1, 2})))}});
}

rc::Gen<Piece> pieces(trace::Protocol protocol) {
  const auto telling = engine::telling_octets(protocol);
  const std::vector<std::string> octets(telling.begin(), telling.end());
  return rc::gen::build<Piece>(
      rc::gen::set(
          &Piece::shape,
          rc::gen::weightedElement<Shape>(
              {{8, Shape::exchange}, {6, Shape::login}, {5, Shape::single}, {1, Shape::octets}})),
      rc::gen::set(&Piece::client, rc::gen::weightedElement<std::uint8_t>({{2, 0}, {1, 1}})),
      rc::gen::set(&Piece::account, rc::gen::weightedElement<std::uint8_t>({{1, 0}, {1, 1}})),
      rc::gen::set(&Piece::right, rc::gen::weightedElement<bool>({{5, true}, {1, false}})),
      rc::gen::set(&Piece::mechanism, rc::gen::weightedElement<Mechanism>({{3, Mechanism::ntlm},
                                                                           {2, Mechanism::plain},
                                                                           {2, Mechanism::cram_md5},
                                                                           {1, Mechanism::login}})),
      rc::gen::set(&Piece::responses,
                   rc::gen::weightedElement<std::uint8_t>({{1, 0}, {2, 1}, {6, 2}, {1, 3}})),
      rc::gen::set(&Piece::single, rc::gen::weightedElement<Verb>({{4, Verb::capability},
                                                                   {2, Verb::mechanisms},
                                                                   {2, Verb::login},
                                                                   {3, Verb::authenticate},
                                                                   {3, Verb::respond},
                                                                   {3, Verb::cancel},
                                                                   {2, Verb::select},
                                                                   {2, Verb::fetch},
                                                                   {1, Verb::noop},
                                                                   {3, Verb::logout},
                                                                   {1, Verb::starttls},
                                                                   {1, Verb::close},
                                                                   {1, Verb::outlook_express}})),
      rc::gen::set(
          &Piece::next,
          rc::gen::resize(3, rc::gen::container<std::vector<Verb>>(rc::gen::elementOf(
                                 std::vector<Verb>{Verb::select, Verb::fetch, Verb::capability,
                                                   Verb::cancel, Verb::logout, Verb::login})))),
      rc::gen::set(&Piece::leases,
                   rc::gen::resize(4, rc::gen::container<std::vector<world::Leases>>(leases()))),
      rc::gen::set(&Piece::split,
                   rc::gen::weightedElement<std::uint8_t>({{12, 0}, {1, 1}, {1, 3}})),
      rc::gen::set(&Piece::octets, rc::gen::elementOf(octets)));
}

}  // namespace

rc::Gen<world::Script> scripts(trace::Protocol protocol) {
  // A tenth of RapidCheck's size is the number of pieces: ten make forty steps.
  return rc::gen::map(rc::gen::scale(0.1, rc::gen::container<std::vector<Piece>>(pieces(protocol))),
                      [protocol](const std::vector<Piece>& work) {
                        world::Script script{.protocol = protocol, .steps = {}, .vary = {}};
                        for (const Piece& piece : work) append_steps(piece, script.steps);
                        if (script.steps.size() > world::steps_max)
                          script.steps.resize(world::steps_max);
                        return script;
                      });
}

}  // namespace sallyport::rapid
