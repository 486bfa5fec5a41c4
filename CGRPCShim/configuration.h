// The core's configuration, made without what lets a control plane or a service config end the process.
#ifndef THINGRPC_CGRPCSHIM_CONFIGURATION_H
#define THINGRPC_CGRPCSHIM_CONFIGURATION_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/grpc.h>

// What grpc_core::BuildCoreConfiguration calls, in its order: the load balancers, resolvers, filters and credentials that the core
// knows. Each by its name in C++, and each takes a grpc_core::CoreConfiguration::Builder. Left out is RegisterRingHashLbPolicy.
#define THIN_REGISTRATIONS(USE) \
  USE(thin_register_event_engine_channel_arg_preconditioning, "_ZN17grpc_event_engine12experimental44RegisterEventEngineChannelArgPreconditioningEPN9grpc_core17CoreConfiguration7BuilderE") \
  USE(thin_register_http_connect_handshaker, "_ZN9grpc_core29RegisterHttpConnectHandshakerEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_tcp_connect_handshaker, "_ZN9grpc_core28RegisterTCPConnectHandshakerEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_priority_lb_policy, "_ZN9grpc_core24RegisterPriorityLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_outlier_detection_lb_policy, "_ZN9grpc_core32RegisterOutlierDetectionLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_weighted_target_lb_policy, "_ZN9grpc_core30RegisterWeightedTargetLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_pick_first_lb_policy, "_ZN9grpc_core25RegisterPickFirstLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_round_robin_lb_policy, "_ZN9grpc_core26RegisterRoundRobinLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_build_client_channel_configuration, "_ZN9grpc_core31BuildClientChannelConfigurationEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_security_register_handshaker_factories, "_ZN9grpc_core35SecurityRegisterHandshakerFactoriesEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_client_authority_filter, "_ZN9grpc_core29RegisterClientAuthorityFilterEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_channel_idle_filters, "_ZN9grpc_core26RegisterChannelIdleFiltersEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_grpc_lb_policy, "_ZN9grpc_core20RegisterGrpcLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_http_filters, "_ZN9grpc_core19RegisterHttpFiltersEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_deadline_filter, "_ZN9grpc_core22RegisterDeadlineFilterEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_message_size_filter, "_ZN9grpc_core25RegisterMessageSizeFilterEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_service_config_channel_arg_filter, "_ZN9grpc_core37RegisterServiceConfigChannelArgFilterEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_resource_quota, "_ZN9grpc_core21RegisterResourceQuotaEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_fault_injection_filter_register, "_ZN9grpc_core28FaultInjectionFilterRegisterEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_ares_dns_resolver, "_ZN9grpc_core23RegisterAresDnsResolverEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_native_dns_resolver, "_ZN9grpc_core25RegisterNativeDnsResolverEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_sockaddr_resolver, "_ZN9grpc_core24RegisterSockaddrResolverEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_fake_resolver, "_ZN9grpc_core20RegisterFakeResolverEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_http_proxy_mapper, "_ZN9grpc_core23RegisterHttpProxyMapperEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_rls_lb_policy, "_ZN9grpc_core19RegisterRlsLbPolicyEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_security_filters, "_ZN9grpc_core23RegisterSecurityFiltersEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_extra_filters, "_ZN9grpc_core20RegisterExtraFiltersEPNS_17CoreConfiguration7BuilderE") \
  USE(thin_register_builtins, "_ZN9grpc_core16RegisterBuiltinsEPNS_17CoreConfiguration7BuilderE")

#define THIN_DECLARE(function, name) extern void function(void *builder) __asm__(name) __attribute__((weak));
THIN_REGISTRATIONS(THIN_DECLARE)
#undef THIN_DECLARE

// grpc_core::CoreConfiguration::default_builder_ and config_, and the function that the first is by itself.
extern void (*thin_default_builder)(void *) __asm__("_ZN9grpc_core17CoreConfiguration16default_builder_E") __attribute__((weak));
extern void *thin_configuration __asm__("_ZN9grpc_core17CoreConfiguration7config_E") __attribute__((weak));
extern void thin_core_build_configuration(void *)
    __asm__("_ZN9grpc_core22BuildCoreConfigurationEPNS_17CoreConfiguration7BuilderE") __attribute__((weak));

#if defined(__x86_64__)
// The weighted target balancer, which shares calls out to localities, keeps a locality for a while that has lost its last endpoint.
// If it was the last locality, and its connection then ends, the balancer makes a picker of nothing, and the next call ends the
// process (grpc/grpc#32486). So what it reports passes through here, and such a picker is left out: the one before, by which calls
// fail and say why, is the right one.
//
// What it reports to is a grpc_core::LoadBalancingPolicy::ChannelControlHelper, which is given to its factory. Both are called by their
// tables of virtual functions, so these are copied and one function each is replaced. Only on x86-64, for how C++ returns an object
// is not alike everywhere.

// The tables as in memory: two words about the class, then the functions, at which objects point.
enum {
  THIN_TABLE_HEAD = 2,
  THIN_HELPER_FUNCTIONS = 8,
  THIN_UPDATE_STATE = 3,
  THIN_FACTORY_FUNCTIONS = 5,
  THIN_CREATE_POLICY = 2,
  // In grpc_core::LoadBalancingPolicy::Args, in words: a shared pointer is before it.
  THIN_ARGS_HELPER = 2,
  // grpc_core::CoreConfiguration::Builder::lb_policy_registry_, in bytes.
  THIN_BUILDER_POLICIES = 0x170,
};

struct thin_helper_table {
  void *words[THIN_TABLE_HEAD + THIN_HELPER_FUNCTIONS];
  void **original;
  struct thin_helper_table *next;
};

typedef void (*thin_update_state)(void *helper, int state, const void *status, void **picker);
typedef void *(*thin_create_policy)(void *result, void *factory, void **args);

// Variables are in functions, for Swift takes in no others.
static struct thin_helper_table **thin_helper_tables(void) {
  static struct thin_helper_table *first;
  return &first;
}

static thin_create_policy *thin_create_weighted_target(void) {
  static thin_create_policy original;
  return &original;
}

static void thin_update_state_watched(void *helper, int state, const void *status, void **picker) {
  void **table = *(void ***)helper;
  struct thin_helper_table *copy = (struct thin_helper_table *)(table - THIN_TABLE_HEAD);
  // The picker of weights has its list first, which begins with a null pointer if it is empty; others have the status.
  if (state == GRPC_CHANNEL_TRANSIENT_FAILURE && *picker != NULL && ((void **)*picker)[1] == NULL) return;
  ((thin_update_state)copy->original[THIN_UPDATE_STATE])(helper, state, status, picker);
}

// A table like `original`, one for each class of helpers for the life of the process; NULL where there is no memory.
static struct thin_helper_table *thin_helper_table(void **original) {
  struct thin_helper_table *first = __atomic_load_n(thin_helper_tables(), __ATOMIC_ACQUIRE);
  for (struct thin_helper_table *table = first; table != NULL; table = table->next) {
    if (table->original == original) return table;
  }
  struct thin_helper_table *table = (struct thin_helper_table *)malloc(sizeof(*table));
  if (table == NULL) return NULL;
  memcpy(table->words, original - THIN_TABLE_HEAD, sizeof(table->words));
  table->words[THIN_TABLE_HEAD + THIN_UPDATE_STATE] = (void *)thin_update_state_watched;
  table->original = original;
  table->next = first;
  // Should another thread have added one meanwhile, even of the same class, both are there.
  while (!__atomic_compare_exchange_n(thin_helper_tables(), &table->next, table, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
  }
  return table;
}

static void *thin_create_weighted_target_watched(void *result, void *factory, void **args) {
  void ***helper = (void ***)args[THIN_ARGS_HELPER];
  struct thin_helper_table *table = thin_helper_table(*helper);
  if (table != NULL) *helper = table->words + THIN_TABLE_HEAD;
  return (*thin_create_weighted_target())(result, factory, args);
}

// grpc_core::LoadBalancingPolicyRegistry::GetLoadBalancingPolicyFactory.
extern void *thin_policy_factory(const void *registry, const char *name, size_t length)
    __asm__("_ZNK9grpc_core27LoadBalancingPolicyRegistry29GetLoadBalancingPolicyFactoryEN4absl7debian311string_viewE")
        __attribute__((weak));

static void thin_watch_weighted_target(void *builder) {
  static void *words[THIN_TABLE_HEAD + THIN_FACTORY_FUNCTIONS];
  static const char name[] = "weighted_target_experimental";
  if (thin_policy_factory == NULL) return;
  // A registry is laid out as its builder is: a map.
  void ***factory =
      (void ***)thin_policy_factory((const char *)builder + THIN_BUILDER_POLICIES, name, sizeof(name) - 1);
  if (factory == NULL) return;
  memcpy(words, *factory - THIN_TABLE_HEAD, sizeof(words));
  *thin_create_weighted_target() = (thin_create_policy)words[THIN_TABLE_HEAD + THIN_CREATE_POLICY];
  words[THIN_TABLE_HEAD + THIN_CREATE_POLICY] = (void *)thin_create_weighted_target_watched;
  *factory = words + THIN_TABLE_HEAD;
}
#else
static void thin_watch_weighted_target(void *builder) { (void)builder; }
#endif

// In place of grpc_core::BuildCoreConfiguration.
static void thin_build_configuration(void *builder) {
#define THIN_CALL(function, name) function(builder);
  THIN_REGISTRATIONS(THIN_CALL)
#undef THIN_CALL
  thin_watch_weighted_target(builder);
}

// Has the core make its configuration so, before it is used; false where this is not the core that is known to be built so (1.51), or
// where it has a configuration already.
//
// In Debian's build the ring hash balancer ends the process as soon as one of its pickers is replaced: a cast to a wrong class
// (grpc/grpc#31766), which the compiler relied on. Named in a service config, it ends it with the first call. Without it, both are
// errors.
static inline bool thin_mend_configuration(void) {
  if (strcmp(grpc_version_string(), "29.0.0") != 0) return false;
  if (&thin_default_builder == NULL || &thin_configuration == NULL) return false;
  if (thin_core_build_configuration == NULL || thin_default_builder != thin_core_build_configuration) return false;
  if (thin_configuration != NULL) return false;
#define THIN_CHECK(function, name) \
  if (function == NULL) return false;
  THIN_REGISTRATIONS(THIN_CHECK)
#undef THIN_CHECK
  thin_default_builder = thin_build_configuration;
  return true;
}

#endif
