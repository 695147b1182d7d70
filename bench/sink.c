/* A sink for orders on 127.0.0.1 that costs next to nothing: HTTP/1.1, a thread a connection.
 *
 *   cc -O2 -pthread -o sink sink.c && ./sink       prints the port
 *
 * POST /ingest          200; counts requests, bytes of bodies, and orders, by "order_id"
 * POST /ingest/150      the same after so many milliseconds: a remote API
 * GET  /stats           the counts as JSON, and the seconds from the first request to the last answer
 * POST /reset           begins again at zero
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static atomic_long requests, bytes, orders, first_ms, last_ms;

static long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long count_orders(const char *text, size_t size) {
    static const char marker[] = "\"order_id\"";
    const char *end = text + size;
    long count = 0;
    while ((text = memmem(text, (size_t)(end - text), marker, sizeof marker - 1))) {
        count++;
        text += sizeof marker - 1;
    }
    return count;
}

static int answer(int client, const char *body) {
    char text[512];
    int size = snprintf(text, sizeof text,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        strlen(body), body);
    return write(client, text, (size_t)size) == size ? 0 : -1;
}

static int ingest(int client, const char *target, const char *body, size_t size) {
    long pause = target[7] == '/' ? atol(target + 8) : 0, none = 0, began = now_ms();
    atomic_compare_exchange_strong(&first_ms, &none, began);
    if (pause) {
        struct timespec t = {pause / 1000, pause % 1000 * 1000000L};
        nanosleep(&t, NULL);
    }
    orders += count_orders(body, size);
    bytes += (long)size;
    requests++;
    last_ms = now_ms();
    return answer(client, "{\"message\":\"Orders received\"}\n");
}

static int respond(int client, const char *target, const char *body, size_t size) {
    char text[256];
    if (!strncmp(target, "/ingest", 7)) return ingest(client, target, body, size);
    if (!strncmp(target, "/reset", 6)) {
        requests = bytes = orders = first_ms = last_ms = 0;
        return answer(client, "{}\n");
    }
    snprintf(text, sizeof text,
        "{\"requests\":%ld,\"bytes\":%ld,\"orders\":%ld,\"seconds\":%.3f}\n",
        requests, bytes, orders, (double)(last_ms - first_ms) / 1000);
    return answer(client, text);
}

static void *serve(void *argument) {
    int client = (int)(long)argument, one = 1;
    size_t room = 1 << 20, have = 0;
    char *buffer = malloc(room + 1), *end;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (;;) {
        while (!(end = have ? memmem(buffer, have, "\r\n\r\n", 4) : NULL)) {
            ssize_t got = have < room ? read(client, buffer + have, room - have) : 0;
            if (got <= 0) goto done;
            have += (size_t)got;
        }
        size_t head = (size_t)(end - buffer) + 4, size = 0;
        char method[8] = "", target[256] = "";
        *end = 0;
        sscanf(buffer, "%7s %255s", method, target);
        for (char *line = strstr(buffer, "\r\n"); line; line = strstr(line + 2, "\r\n"))
            if (!strncasecmp(line + 2, "content-length:", 15)) size = strtoul(line + 17, NULL, 10);
        if (head + size > room) buffer = realloc(buffer, (room = head + size) + 1);
        while (have < head + size) {
            ssize_t got = read(client, buffer + have, room - have);
            if (got <= 0) goto done;
            have += (size_t)got;
        }
        if (respond(client, target, buffer + head, size)) break;
        have -= head + size;
        memmove(buffer, buffer + head + size, have);
    }
done:
    free(buffer);
    close(client);
    return NULL;
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN);
    if (bind(server, (struct sockaddr *)&address, size) || listen(server, 128)) return 1;
    getsockname(server, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        pthread_t thread;
        int client = accept(server, NULL, NULL);
        if (client < 0) continue;
        if (pthread_create(&thread, NULL, serve, (void *)(long)client)) close(client);
        else pthread_detach(thread);
    }
}
