// An anonymous shared mapping.
#include "harness/run/shared_page.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "harness/core/error.h"

namespace assay::run {

SharedPage::SharedPage() {
  void* page =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    throw Error(std::string("no memory for the two processes of a run: ") + std::strerror(errno));
  shared_ = new (page) Shared;
}

SharedPage::~SharedPage() { munmap(shared_, sizeof(Shared)); }

}  // namespace assay::run
