// The structures of DLPack, version 1.0, as its specification lays them out in
// memory: what libraries hand each other in capsules.
#ifndef NUMLOOM_PYTHON_DLPACKABI_H
#define NUMLOOM_PYTHON_DLPACKABI_H

#include <cstdint>
#include <type_traits>

namespace numloom::dlpack {

/// DLPackVersion: another major version is another layout.
struct Version {
  uint32_t major;
  uint32_t minor;
};
inline constexpr Version kVersion{1, 0};

/// DLDeviceType: those that Numloom knows.
enum class DeviceType : int32_t {
  Cpu = 1,
  Cuda = 2,
  CudaHost = 3,
  CudaManaged = 13,
};

/// DLDevice.
struct DeviceInfo {
  DeviceType type;
  int32_t id;
};

/// DLDataTypeCode.
enum class TypeCode : uint8_t {
  Int = 0,
  UInt = 1,
  Float = 2,
  BFloat = 4,
  Complex = 5,
  Bool = 6,
};

/// DLDataType.
struct DataType {
  TypeCode code;
  uint8_t bits;
  uint16_t lanes;
};

/// DLTensor: a borrowed array. Strides count elements; null: row-major.
struct Tensor {
  void *data;
  DeviceInfo device;
  int32_t rank;
  DataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byteOffset;
};

/// DLManagedTensor: an array that lives until its deleter is called.
struct ManagedTensor {
  Tensor tensor;
  void *owner;
  void (*deleter)(ManagedTensor *self);
};

/// DLManagedTensorVersioned.
struct VersionedTensor {
  Version version;
  void *owner;
  void (*deleter)(VersionedTensor *self);
  uint64_t flags;
  Tensor tensor;
};

/// DLPACK_FLAG_BITMASK_READ_ONLY and DLPACK_FLAG_BITMASK_IS_COPIED.
inline constexpr uint64_t kReadOnly = 1;
inline constexpr uint64_t kCopied = 2;

/// The capsules' names, before and after a consumer took over the tensor.
template <typename Managed>
inline constexpr bool isVersioned = std::is_same_v<Managed, VersionedTensor>;
template <typename Managed>
inline constexpr const char *kCapsuleName =
    isVersioned<Managed> ? "dltensor_versioned" : "dltensor";
template <typename Managed>
inline constexpr const char *kUsedCapsuleName =
    isVersioned<Managed> ? "used_dltensor_versioned" : "used_dltensor";

static_assert(sizeof(DataType) == 4 && sizeof(DeviceInfo) == 8);
static_assert(sizeof(Tensor) == 48 && sizeof(ManagedTensor) == 64);
static_assert(sizeof(VersionedTensor) == 80);

} // namespace numloom::dlpack

#endif // NUMLOOM_PYTHON_DLPACKABI_H
