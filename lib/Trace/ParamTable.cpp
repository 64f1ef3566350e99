// The parameters of a program: integers that it does not depend on.
#include "ParamTable.h"
#include "Hash.h"

using namespace numloom;

void ParamTable::clear() {
  if (values.empty())
    return;
  for (Slot &slot : slots)
    slot.param = kFree;
  values.clear();
  spaces.clear();
}

int64_t ParamTable::encode(int64_t value, Space space) {
  if (values.size() * 2 >= slots.size())
    grow();
  Slot &slot = find(value, space);
  if (slot.param == kFree) {
    slot = {value, static_cast<int32_t>(values.size()), space};
    values.push_back(value);
    spaces.push_back(space);
  }
  return makeParam(slot.param);
}

ParamTable::Slot &ParamTable::find(int64_t value, Space space) {
  size_t mask = slots.size() - 1;
  size_t at = hashWord(hashWord(kHashSeed, static_cast<uint64_t>(value)),
                       static_cast<uint64_t>(space)) &
              mask;
  while (slots[at].param != kFree &&
         (slots[at].value != value || slots[at].space != space))
    at = (at + 1) & mask;
  return slots[at];
}

void ParamTable::grow() {
  slots.assign(slots.empty() ? 32 : slots.size() * 2, Slot{});
  for (size_t i = 0; i < values.size(); ++i)
    find(values[i], spaces[i]) = {values[i], static_cast<int32_t>(i),
                                  spaces[i]};
}
