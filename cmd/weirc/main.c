/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "weirc.h"

int main(int argc, char **argv) { return weirc_main(argc, argv, stdout, stderr); }
