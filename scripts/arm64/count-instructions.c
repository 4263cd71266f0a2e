/*
 * qemu-user plugin: counts the instructions of the main thread and writes the count so far, one line each, whenever the program
 * calls kill(pid, 0), which has no other effect.
 * Usage: qemu-aarch64 -plugin count-instructions.so,out=FILE program
 * Prototypes as in QEMU's qemu-plugin.h (plugin API version 1); Debian ships no such header.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

typedef void (*tb_translated)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*tb_executed)(unsigned int cpu, void *data);
typedef void (*syscall_entered)(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                                uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_translated callback);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, tb_executed callback, enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, syscall_entered callback);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

EXPORT int qemu_plugin_version = 1;

enum { MAIN_CPU = 0, AARCH64_KILL = 129 };

static uint64_t executed;
static FILE *out;

static void count(unsigned int cpu, void *instructions)
{
    if (cpu == MAIN_CPU) executed += (uintptr_t)instructions;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, count, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)qemu_plugin_tb_n_insns(tb));
}

static void entered(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t pid, uint64_t signal, uint64_t a3, uint64_t a4,
                    uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    (void)id, (void)pid, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
    if (cpu != MAIN_CPU || number != AARCH64_KILL || signal != 0) return;
    fprintf(out, "%" PRIu64 "\n", executed);
    fflush(out);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
        fprintf(stderr, "count-instructions: found %d arguments; allowed is out=FILE\n", argc);
        return 1;
    }
    out = fopen(argv[0] + 4, "w");
    if (out == NULL) {
        perror(argv[0] + 4);
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, entered);
    return 0;
}
