// SPDX-License-Identifier: MIT
// A name service (nsswitch.conf(5): "directory") that knows dora and dirk, has 3,000 more to list, and says nothing
// at all while /etc/directory-is-down exists.
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { dora = 70001, dirk = 70002, most = 3000 };

static int listed;

static void answer_or_hang(void) {
  while (access("/etc/directory-is-down", F_OK) == 0) pause();
}

static enum nss_status fill(const char *name, uid_t uid, struct passwd *row, char *buffer, size_t size, int *errnum) {
  const int needed = snprintf(buffer, size, "%s", name) + 1;
  const int home = snprintf(buffer + (needed < (int)size ? needed : 0), size - (needed < (int)size ? needed : 0), "/home/%s", name) + 1;
  if ((size_t)(needed + home) > size) {
    *errnum = ERANGE;
    return NSS_STATUS_TRYAGAIN;
  }
  *row = (struct passwd){buffer, "x", uid, uid, "", buffer + needed, "/bin/bash"};
  return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_directory_getpwnam_r(const char *name, struct passwd *row, char *buffer, size_t size, int *errnum) {
  answer_or_hang();
  if (strcmp(name, "dora") == 0) return fill(name, dora, row, buffer, size, errnum);
  if (strcmp(name, "dirk") == 0) return fill(name, dirk, row, buffer, size, errnum);
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_getpwuid_r(uid_t uid, struct passwd *row, char *buffer, size_t size, int *errnum) {
  answer_or_hang();
  if (uid == dora) return fill("dora", uid, row, buffer, size, errnum);
  if (uid == dirk) return fill("dirk", uid, row, buffer, size, errnum);
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_setpwent(int stay_open) {
  (void)stay_open;
  answer_or_hang();
  listed = 0;
  return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_directory_endpwent(void) { return NSS_STATUS_SUCCESS; }

enum nss_status _nss_directory_getpwent_r(struct passwd *row, char *buffer, size_t size, int *errnum) {
  answer_or_hang();
  if (listed == most) return NSS_STATUS_NOTFOUND;
  char name[32];
  snprintf(name, sizeof name, "p%d", listed);
  return fill(name, 100000 + (uid_t)listed++, row, buffer, size, errnum);
}

// It has neither services nor groups, but nobody knows before it has said so.
enum nss_status _nss_directory_setgrent(int stay_open) {
  (void)stay_open;
  answer_or_hang();
  return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_directory_endgrent(void) { return NSS_STATUS_SUCCESS; }

enum nss_status _nss_directory_getgrent_r(struct group *row, char *buffer, size_t size, int *errnum) {
  (void)row, (void)buffer, (void)size, (void)errnum;
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_setservent(int stay_open) {
  (void)stay_open;
  answer_or_hang();
  return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_directory_getservbyname_r(const char *name, const char *protocol, struct servent *row, char *buffer, size_t size, int *errnum, int *netdb_errnum) {
  (void)name, (void)protocol, (void)row, (void)buffer, (void)size, (void)errnum, (void)netdb_errnum;
  answer_or_hang();
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_getspnam_r(const char *name, struct spwd *row, char *buffer, size_t size, int *errnum) {
  (void)name, (void)row, (void)buffer, (void)size, (void)errnum;
  answer_or_hang();
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_endservent(void) { return NSS_STATUS_SUCCESS; }

enum nss_status _nss_directory_getservent_r(struct servent *row, char *buffer, size_t size, int *errnum, int *netdb_errnum) {
  (void)row, (void)buffer, (void)size, (void)errnum, (void)netdb_errnum;
  return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_directory_initgroups_dyn(const char *name, gid_t group, long *start, long *size, gid_t **groups, long limit, int *errnum) {
  (void)name, (void)group, (void)start, (void)size, (void)groups, (void)limit, (void)errnum;
  answer_or_hang();
  return NSS_STATUS_NOTFOUND;
}
