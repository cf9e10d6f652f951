/* Hears from the system that the machine goes to sleep, its lid is closed or
 * the screen is locked, so that the vault can be locked before.
 *
 * Listens on the system bus to systemd-logind (org.freedesktop.login1: the
 * signals PrepareForSleep and Session.Lock, and a delay inhibitor, which holds
 * the sleep up until the lock is done) and to UPower for the lid, since
 * logind has that property but does not say when it changes. Where there is no
 * bus or nobody of that name nothing happens, and that is no error.
 *
 * Has a thread and a main context of its own. */
#pragma once

#include <glib.h>

typedef struct _TbSleepWatch TbSleepWatch;

/* LOCK is called in the watch's thread, more than once if more than one thing happens, and must return within a few
 * seconds: logind does not wait longer. Does not wait for the bus. New. */
TbSleepWatch *tb_sleep_watch_new (void (*lock) (gpointer data), gpointer data);

/* LOCK is not called any more when it returns. NULL is allowed. */
void tb_sleep_watch_free (TbSleepWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSleepWatch, tb_sleep_watch_free)
