/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- SIGPIPE: blocked in this thread while we write; one that came is taken away ---------------------------- */

typedef struct pipe_guard {
  sigset_t before;
  bool was_pending;
} pipe_guard;

static sigset_t sigpipe_set(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

static pipe_guard guard_begin(void) {
  pipe_guard g;
  sigset_t set = sigpipe_set(), pending;
  sigpending(&pending);
  g.was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &set, &g.before);
  return g;
}

static void guard_end(const pipe_guard *g) {
  sigset_t set = sigpipe_set(), pending;
  int taken;
  sigpending(&pending);
  if (!g->was_pending && sigismember(&pending, SIGPIPE) == 1) sigwait(&set, &taken);
  pthread_sigmask(SIG_SETMASK, &g->before, NULL);
}

/* ---- the pipes ----------------------------------------------------------------------------------------- */

typedef struct child {
  pid_t pid;
  int in, out; /* our ends; -1: closed */
} child;

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* Not 0, 1 or 2, even where those are closed: the child puts its ends there. */
static bool open_pipe(int fds[2]) {
  int raw[2];
  fds[0] = fds[1] = -1;
#ifdef __APPLE__
  if (pipe(raw) != 0) return false;
#else
  if (pipe2(raw, O_CLOEXEC) != 0) return false;
#endif
  for (int i = 0; i < 2; i++) {
    fds[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
    int error = errno;
    close(raw[i]);
    errno = error;
  }
  return fds[0] >= 0 && fds[1] >= 0;
}

static void complain(const char *text) {
  ssize_t ignored = write(2, text, strlen(text));
  (void)ignored;
}

/* In the child. What is said here is what protoc says. */
static void become(const weirc_command *c, int in, int out, const sigset_t *mask) {
  dup2(in, 0);
  dup2(out, 1);
  pthread_sigmask(SIG_SETMASK, mask, NULL);
  environ = (char **)(uintptr_t)c->envp;
  if (c->search)
    execvp(c->argv[0], c->argv);
  else
    execv(c->argv[0], c->argv);
  complain(c->argv[0]);
  complain(": program not found or is not executable\n"
           "Please specify a program using absolute path or make sure the program is available in your PATH "
           "system "
           "variable\n");
  _exit(1);
}

static bool start(const weirc_command *c, const sigset_t *mask, child *out) {
  int in_pipe[2] = {-1, -1}, out_pipe[2] = {-1, -1};
  out->pid = -1;
  if (open_pipe(in_pipe) && open_pipe(out_pipe)) out->pid = fork();
  if (out->pid == 0) become(c, in_pipe[0], out_pipe[1], mask);
  int error = errno;
  close_fd(&in_pipe[0]);
  close_fd(&out_pipe[1]);
  out->in = in_pipe[1];
  out->out = out_pipe[0];
  if (out->pid < 0) {
    close_fd(&out->in);
    close_fd(&out->out);
  }
  errno = error;
  return out->pid > 0;
}

/* A child that no longer reads will say why by its exit status. */
static void write_some(child *c, weir_str *in) {
  size_t len = in->len < 65536 ? in->len : 65536;
  ssize_t n = len ? write(c->in, in->data, len) : 0;
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n > 0) *in = (weir_str){in->data + n, in->len - (size_t)n};
  if (n < 0 || !in->len) close_fd(&c->in);
}

static void read_some(child *c, weir_bytes *out) {
  char *room = weir_bytes_reserve(out, 65536);
  ssize_t n = room ? read(c->out, room, 65536) : 0;
  if (n < 0 && errno == EINTR) return;
  if (n > 0)
    out->len += (size_t)n;
  else
    close_fd(&c->out);
}

static void communicate(child *c, weir_str in, weir_bytes *out) {
  int flags = fcntl(c->in, F_GETFL);
  if (flags >= 0) fcntl(c->in, F_SETFL, flags | O_NONBLOCK); /* a full pipe must not keep us from reading */
  while (c->out >= 0) {
    struct pollfd fds[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->in, .events = POLLOUT}};
    if (poll(fds, c->in >= 0 ? 2 : 1, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (c->in >= 0 && fds[1].revents) write_some(c, &in);
    if (fds[0].revents) read_some(c, out);
  }
  close_fd(&c->in);
  close_fd(&c->out);
}

weirc_ended weirc_spawn(const weirc_command *command, weir_str in, weir_bytes *out, int *number) {
  child c;
  int status = 0; /* stays so if the process has no use for its children: then what they wrote decides */
  pipe_guard guard = guard_begin();
  bool started = start(command, &guard.before, &c);
  *number = errno;
  if (started) {
    communicate(&c, in, out);
    while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {}
  }
  guard_end(&guard);
  if (!started) return WEIRC_NOT_STARTED;
  *number = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return WIFEXITED(status) ? WEIRC_EXITED : WEIRC_KILLED;
}
