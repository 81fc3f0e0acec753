/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "spawn.h"

#include "base/test.h"

#include <errno.h>
#include <signal.h>

extern char **environ;

#define SIZE (4u << 20) /* many times what a pipe holds */

static weirc_ended run(char *const *argv, bool search, weir_str in, weir_bytes *out, int *number) {
  weirc_command command = {.argv = argv, .envp = environ, .search = search};
  *out = weir_bytes_in(WEIR_MEM_DEFAULT);
  return weirc_spawn(&command, in, out, number);
}

static weir_str big(void) {
  char *data = malloc(SIZE);
  assert_non_null(data);
  for (size_t i = 0; i < SIZE; i++) data[i] = (char)(i * 31 % 251);
  return (weir_str){data, SIZE};
}

static void test_both_ways(void **state) {
  (void)state;
  char *argv[] = {(char *)(uintptr_t) "cat", NULL};
  weir_str in = big();
  weir_bytes out;
  int number;
  assert_int_equal(run(argv, true, in, &out, &number), WEIRC_EXITED);
  assert_int_equal(number, 0);
  assert_true(weir_str_eq(weir_bytes_view(&out), in));
  weir_bytes_fini(&out);
  free((char *)(uintptr_t)in.data);
}

/* A program that does not read must not kill us, nor leave a signal waiting. */
static void test_sigpipe(void **state) {
  (void)state;
  char *argv[] = {(char *)(uintptr_t) "true", NULL};
  weir_str in = big();
  sigset_t before, after, pending;
  struct sigaction action;
  pthread_sigmask(SIG_BLOCK, NULL, &before);
  for (int i = 0; i < 20; i++) {
    weir_bytes out;
    int number;
    assert_int_equal(run(argv, true, in, &out, &number), WEIRC_EXITED);
    assert_int_equal(number, 0);
    weir_bytes_fini(&out);
  }
  pthread_sigmask(SIG_BLOCK, NULL, &after);
  assert_int_equal(sigismember(&before, SIGPIPE), sigismember(&after, SIGPIPE));
  sigpending(&pending);
  assert_int_equal(sigismember(&pending, SIGPIPE), 0);
  assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
  assert_true(action.sa_handler == SIG_DFL);
  free((char *)(uintptr_t)in.data);
}

static void test_ends(void **state) {
  (void)state;
  char *exits[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t) "exit 7", NULL};
  char *dies[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t) "kill -9 $$", NULL};
  weir_bytes out;
  int number;
  assert_int_equal(run(exits, true, WEIR_STR(""), &out, &number), WEIRC_EXITED);
  assert_int_equal(number, 7);
  weir_bytes_fini(&out);
  assert_int_equal(run(dies, true, WEIR_STR("x"), &out, &number), WEIRC_KILLED);
  assert_int_equal(number, SIGKILL);
  weir_bytes_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_both_ways), cmocka_unit_test(test_sigpipe),
                                     cmocka_unit_test(test_ends)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
