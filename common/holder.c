#include "holder.h"

/* A mutex that can be had at once is owned by nobody who lives. */
static bool is_free(object *mutex, oserror *error)
{
    struct waited waited = wait_any(&mutex, 1, 0);
    if (waited.how != WAITED_SIGNALLED && waited.how != WAITED_ABANDONED) {
        *error = waited.how == WAITED_FAILED ? waited.error : OSERROR_NONE;
        return false;
    }
    mutex_release(mutex);
    return true;
}

enum holder_state holder_find(const char *name, oserror *error)
{
    char companion[NAME_ROOM];
    object *holder = NULL;
    name_companion(name, WINSHM_HOLDER, companion);
    *error = mutex_open(companion, &holder);
    if (*error == OSERROR_FILE_NOT_FOUND) {
        *error = OSERROR_NONE;
        return HOLDER_NONE;
    }
    if (*error != OSERROR_NONE) {
        return HOLDER_ALIVE;
    }
    enum holder_state state = is_free(holder, error) ? HOLDER_GONE : HOLDER_ALIVE;
    object_close(holder);
    return state;
}

oserror holder_count_read(const char *name)
{
    char companion[NAME_ROOM];
    object *reads = NULL;
    name_companion(name, WINSHM_READS, companion);
    oserror error = semaphore_open(companion, &reads);
    if (error == OSERROR_NONE) {
        error = semaphore_raise(reads);
        object_close(reads);
    }
    /* A semaphore that is full has been raised: the one who counts looks at it. */
    return error == OSERROR_TOO_MANY_POSTS ? OSERROR_NONE : error;
}
