// SPDX-License-Identifier: MIT
// The published JSON Schemas, and what follows them.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace sshaudit {

// Whether `value` is what the schema in `file` says, or one of its definitions.
inline bool follows(const std::string& file, const nlohmann::json& value, const std::string& definition) {
  std::ifstream stream(std::string(SOURCE_DIR) + "/packaging/schema/" + file);
  auto json = nlohmann::json::parse(stream);
  if (!definition.empty()) json = {{"$ref", "#/definitions/" + definition}, {"definitions", json["definitions"]}};
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema);
  valijson::Validator validator;
  return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
}

}  // namespace sshaudit
