#include "table.h"

Table::Table() : users_(kSize) {
  users_by_id_.reserve(kSize);
  for (unsigned index = 0; index < kSize; index++) {
    const std::string number = std::to_string(index);
    userservice::User& user = users_[index];
    user.set_id("user-" + number);
    user.set_email("user-" + number + "@example.com");
    user.set_name("User " + number);
    user.set_plan(static_cast<userservice::UserPlan>(index % 3 + 1));
    user.mutable_created_at()->set_seconds(1'700'000'000 + static_cast<int64_t>(index));
    users_by_id_.emplace(user.id(), &user);
  }
}

const userservice::User* Table::Find(const std::string& id) const {
  const auto found = users_by_id_.find(id);
  return found != users_by_id_.end() ? found->second : nullptr;
}
