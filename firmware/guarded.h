// A number kept together with its complement. Whoever reads it asks first whether it is sound; one that is not (a bit
// flipped by a spike on the supply of a solenoid) means "shut".
#pragma once
#include <stdint.h>

template <typename T>
class Guarded {
 public:
  void set(T value) {
    value_ = value;
    inverse_ = static_cast<T>(~value);
  }
  bool sound() const {
    const T value = value_;
    const T inverse = inverse_;
    return value == static_cast<T>(~inverse);
  }
  T get() const { return value_; }

 private:
  volatile T value_;
  volatile T inverse_;
};
