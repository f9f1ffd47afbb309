#include "targets/rapid/scripts.hpp"

#include <rapidcheck.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "targets/engine/random.hpp"
#include "targets/engine/random_script.hpp"

namespace sallyport::rapid {

rc::Gen<world::Script> scripts(const engine::Subject& subject) {
  // A tenth of RapidCheck's size is the number of pieces: ten make forty steps.
  // Seeds are of full size whatever RapidCheck's is, or there would be few of them.
  const auto seeds =
      rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
  return rc::gen::map(rc::gen::scale(0.1, rc::gen::container<std::vector<std::uint64_t>>(seeds)),
                      [protocol = subject.protocol, tls = subject.configuration.certificate](
                          const std::vector<std::uint64_t>& pieces) {
                        world::Script script{.protocol = protocol};
                        engine::Surroundings around{.certificate = tls};
                        for (const std::uint64_t seed : pieces) {
                          engine::Random random(seed);
                          engine::append_piece(script, random, around);
                        }
                        if (script.steps.size() > world::steps_max)
                          script.steps.resize(world::steps_max);
                        return script;
                      });
}

}  // namespace sallyport::rapid
