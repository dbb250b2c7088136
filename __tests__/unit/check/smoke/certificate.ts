/**
 * A certificate for localhost and 127.0.0.1 that signs itself, valid until 2126, and its key: for tests alone,
 * worth nothing, trusted by nobody. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost
 *  -addext subjectAltName=DNS:localhost,IP:127.0.0.1`
 */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6hc0hC6ggRSQ9iDu
s1dhXjndo8mcfO+JnXoPfqmYb42hRANCAAQiFehWb7f5HesFlyXfB3RgHo4dE9BJ
19sidO5ZxW/SKaiA+eXO9X2iU0fxJbVMOaKGC8fT/D/aD9T7vz0ZNOWT
-----END PRIVATE KEY-----
`;

export const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUdVYLFDqm/DZ+I8rhQfvHllrh3ogwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAyMjYyOVoYDzIxMjYxMDI4
MDIyNjI5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQiFehWb7f5HesFlyXfB3RgHo4dE9BJ19sidO5ZxW/SKaiA+eXO9X2i
U0fxJbVMOaKGC8fT/D/aD9T7vz0ZNOWTo28wbTAdBgNVHQ4EFgQUwvi/ja4Njqr1
xkpLrX4udZHpjxMwHwYDVR0jBBgwFoAUwvi/ja4Njqr1xkpLrX4udZHpjxMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgWb57ReYyawbaQmWWePev63dZ+1w4vqkPbE6WU/hI67sCIQDh
10k7iQZ0boRl3Q21TqMlDOVCcbSs8Ge6TwswL+txBA==
-----END CERTIFICATE-----
`;
