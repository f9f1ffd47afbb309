#include "targets/cli/command.hpp"

int main(int argc, char** argv) { return sallyport::cli::run(argc, argv); }
