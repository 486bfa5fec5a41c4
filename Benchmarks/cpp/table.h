// The users that every program of the benchmark serves and expects: user-0 to user-999.
#ifndef CPP_TABLE_H
#define CPP_TABLE_H

#include <string>
#include <unordered_map>
#include <vector>

#include "userservice/user_service.pb.h"

class Table {
 public:
  static constexpr unsigned kSize = 1000;

  Table();

  // The user at an index below `kSize`.
  const userservice::User& user(unsigned index) const { return users_[index]; }

  // The user with an id, or nullptr.
  const userservice::User* Find(const std::string& id) const;

 private:
  std::vector<userservice::User> users_;
  std::unordered_map<std::string, const userservice::User*> users_by_id_;
};

#endif
