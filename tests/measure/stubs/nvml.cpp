// An NVML with one H100 at 0000:1b:00.0: what a GPU's facts are filled from, without a GPU. It has
// the conventions of nvml.h and, like a real part, refuses some of what it is asked.
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kSuccess = 0, kNotSupported = 3, kNotFound = 6, kInsufficientSize = 7, kTimeout = 10;

struct Device {
  int xids_left = 2;
} device;

int put(char* to, unsigned size, const char* text) {
  if (std::strlen(text) >= size) return kInsufficientSize;
  std::strcpy(to, text);
  return kSuccess;
}

int put(unsigned* to, unsigned value) {
  *to = value;
  return kSuccess;
}

struct EventData {
  Device* device;
  unsigned long long type, data;
  unsigned gpu_instance, compute_instance;
};

struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance, compute_instance;
};

struct PciInfo {
  char bus_id_legacy[16];
  unsigned domain, bus, device;
  unsigned device_and_vendor, subsystem;
  char bus_id[32];
};

struct FabricInfo {
  unsigned char cluster_uuid[16];
  int status;
  unsigned clique;
  unsigned char state;
};

struct FabricInfoV2 {
  unsigned version;
  unsigned char cluster_uuid[16];
  int status;
  unsigned clique;
  unsigned char state;
  unsigned health_mask;
};

/// What a test wants other than usual.
unsigned setting(const char* variable, unsigned usual) {
  const char* value = std::getenv(variable);
  return value ? static_cast<unsigned>(std::atoi(value)) : usual;
}

}  // namespace

extern "C" {

int nvmlInit_v2() { return kSuccess; }
int nvmlShutdown() { return kSuccess; }
int nvmlSystemGetDriverVersion(char* to, unsigned size) { return put(to, size, "580.126.20"); }

int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, Device** handle) {
  *handle = &device;
  return std::strcmp(bus_id, "0000:1b:00.0") == 0 ? kSuccess : kNotFound;
}
int nvmlDeviceGetPciInfo_v3(Device*, PciInfo* info) {
  *info = {};
  info->device_and_vendor = 0x233010de;
  return kSuccess;
}
int nvmlDeviceGetUUID(Device*, char* to, unsigned size) { return put(to, size, "GPU-stub"); }
int nvmlDeviceGetSerial(Device*, char* to, unsigned size) { return put(to, size, "165"); }
int nvmlDeviceGetBoardPartNumber(Device*, char*, unsigned) { return kNotSupported; }
int nvmlDeviceGetVbiosVersion(Device*, char* to, unsigned size) {
  return put(to, size, "96.00.DB.00.02");
}
int nvmlDeviceGetEccMode(Device*, unsigned* current, unsigned* pending) {
  put(pending, 1);
  return put(current, 1);
}
int nvmlDeviceGetTotalEccErrors(Device*, int type, int, unsigned long long* count) {
  static unsigned long long corrected = 4;
  *count = type == 0 ? ++corrected : 0;  // one more every time that it is read
  return kSuccess;
}
int nvmlDeviceGetRemappedRows(Device*, unsigned* corrected, unsigned* uncorrected,
                              unsigned* pending, unsigned* failed) {
  put(corrected, 2);
  put(uncorrected, 1);
  put(failed, 0);
  return put(pending, 1);
}
int nvmlDeviceGetCurrPcieLinkGeneration(Device*, unsigned* to) {
  return put(to, setting("ASSAY_STUB_PCIE_GENERATION", 4));
}
int nvmlDeviceGetMaxPcieLinkGeneration(Device*, unsigned* to) { return put(to, 5); }
int nvmlDeviceGetCurrPcieLinkWidth(Device*, unsigned* to) { return put(to, 16); }
int nvmlDeviceGetMaxPcieLinkWidth(Device*, unsigned* to) { return put(to, 16); }
int nvmlDeviceGetPcieReplayCounter(Device*, unsigned* to) { return put(to, 3); }
int nvmlDeviceGetNvLinkState(Device*, unsigned link, unsigned* active) {
  return link < 18 ? put(active, link == 7 ? 0 : 1) : kNotSupported;
}
int nvmlDeviceGetNvLinkErrorCounter(Device*, unsigned link, int counter,
                                    unsigned long long* count) {
  *count = link == 3 && counter == 0 ? 5 : 0;
  return kSuccess;
}
// Link 0 leads to another GPU, the others to switches.
int nvmlDeviceGetNvLinkRemoteDeviceType(Device*, unsigned link, int* type) {
  *type = link == 0 ? 0 : 2;
  return kSuccess;
}
int nvmlDeviceGetNvLinkRemotePciInfo_v2(Device*, unsigned, PciInfo* info) {
  *info = {};
  std::strcpy(info->bus_id, "00000000:43:00.0");
  return kSuccess;
}
int nvmlDeviceGetGpuFabricInfo(Device*, FabricInfo* info) {
  *info = {};
  for (int i = 0; i < 16; ++i) {
    info->cluster_uuid[i] = static_cast<unsigned char>(0x01 + i % 8 * 0x22);
  }
  info->clique = 5;
  info->state = static_cast<unsigned char>(setting("ASSAY_STUB_FABRIC_STATE", 3));
  info->status = static_cast<int>(setting("ASSAY_STUB_FABRIC_STATUS", 0));
  return kSuccess;
}
// Drivers since 545; only where a test asks for it.
int nvmlDeviceGetGpuFabricInfoV(Device*, FabricInfoV2* info) {
  const unsigned mask = setting("ASSAY_STUB_FABRIC_HEALTH", 0);
  if (mask == 0 || info->version != (sizeof *info | 2u << 24)) return kNotSupported;
  info->state = 3;
  info->status = 0;
  info->health_mask = mask;
  return kSuccess;
}
int nvmlDeviceGetPowerManagementLimit(Device*, unsigned* to) { return put(to, 650'000); }
int nvmlDeviceGetPowerManagementDefaultLimit(Device*, unsigned* to) { return put(to, 700'000); }
int nvmlDeviceGetMaxClockInfo(Device*, int type, unsigned* to) {
  return put(to, type == 1 ? 1980 : 2619);
}
int nvmlDeviceGetMaxCustomerBoostClock(Device*, int, unsigned* to) { return put(to, 1980); }
int nvmlDeviceGetClockInfo(Device*, int type, unsigned* to) {
  return put(to, type == 1 ? 1755 : 2619);
}
int nvmlDeviceGetPowerUsage(Device*, unsigned* to) { return put(to, 512'500); }
int nvmlDeviceGetTemperature(Device*, int, unsigned* to) { return put(to, 61); }
// A driver before 535: the newer name is missing.
int nvmlDeviceGetCurrentClocksThrottleReasons(Device*, unsigned long long* reasons) {
  *reasons = 0x24;
  return kSuccess;
}
int nvmlDeviceGetMigMode(Device*, unsigned*, unsigned*) { return kNotSupported; }
int nvmlDeviceGetComputeRunningProcesses_v3(Device*, unsigned* count, ProcessInfo* infos) {
  const unsigned second = setting("ASSAY_STUB_SECOND_PID", 0);
  const unsigned all = second == 0 ? 1 : 2;
  const bool fits = *count >= all;
  *count = all;
  if (!fits) return kInsufficientSize;
  infos[0] = {4242, 0, 0, 0};
  if (second != 0) infos[1] = {second, 0, 0, 0};
  return kSuccess;
}
int nvmlSystemGetProcessName(unsigned, char* to, unsigned size) { return put(to, size, "other"); }

int nvmlEventSetCreate(void** set) {
  *set = &device;
  return kSuccess;
}
int nvmlDeviceRegisterEvents(Device*, unsigned long long, void*) { return kSuccess; }
int nvmlEventSetFree(void*) { return kSuccess; }
int nvmlEventSetWait_v2(void*, EventData* data, unsigned) {
  if (device.xids_left == 0) return kTimeout;
  *data = {&device, 0x8, device.xids_left == 2 ? 79ull : 48ull, 0, 0};
  --device.xids_left;
  return kSuccess;
}
}
