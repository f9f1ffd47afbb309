#!/bin/sh
# Courier has its paths built in. It sees them in a namespace of its own, where its unpacked files lie over
# /etc and /usr and a folder of this instance over /run; nobody else does, and all of it is gone with its last
# process.
#
#   unshare --user --map-root-user --mount --pid --fork --kill-child namespace.sh DIRECTORY UNPACKED PRELOAD
#
# Ports come as IMAP_PORT, IMAPS_PORT, POP3_PORT and POP3S_PORT in the environment, and the authority of clients'
# certificates, if they are taken, as CLIENTS_AUTHORITY: these replace the challenges, which the proxy can't complete.
# shellcheck disable=SC1091,SC2034 # its files aren't here, and what is set goes to the servers' environment
set -e
directory=$1
unpacked=$2
preload=$3
mount -t overlay overlay -o "lowerdir=$unpacked/usr:/usr" /usr
makeuserdb -f "$directory/etc/courier/userdb"
mount -t overlay overlay -o "lowerdir=$directory/etc:$unpacked/etc:/etc" /etc
mount --bind "$directory/run" /run
export LD_PRELOAD="$preload" # not for mount and the like

set -a # all that follows is for the servers' environment
. /etc/courier/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond &

COURIERTLS=/usr/bin/couriertls
TLS_CERTFILE=$directory/certificate-and-key.pem
TLS_VERIFYPEER=NONE
if [ -n "$CLIENTS_AUTHORITY" ]; then
  TLS_VERIFYPEER=PEER # who shows one has it verified
  TLS_TRUSTCERTS=$CLIENTS_AUTHORITY
  TLS_EXTERNAL=CN # its user, for EXTERNAL
fi
PROXY_HOSTNAME=lab.example
listen() { # port, login program, server, and what stands before them
  port=$1
  login=/usr/lib/courier/courier/$2
  server=$3
  shift 3
  couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup "$port" \
    "$@" "$login" "$server" Maildir &
}

. /etc/courier/pop3d
POP3_PROXY=1
POP3AUTH="LOGIN PLAIN"
[ -n "$CLIENTS_AUTHORITY" ] || POP3AUTH="$POP3AUTH CRAM-MD5"
POP3_STARTTLS=YES
listen "$POP3_PORT" courierpop3login /usr/lib/courier/courier/courierpop3d
POP3_TLS=1
POP3_STARTTLS=NO
listen "$POP3S_PORT" courierpop3login /usr/lib/courier/courier/courierpop3d "$COURIERTLS" -server -tcpd

. /etc/courier/imapd
IMAP_PROXY=1
IMAP_PROXY_FOREIGN=1
IMAP_STARTTLS=YES
AUTHMODULES=authdaemon
if [ -z "$CLIENTS_AUTHORITY" ]; then
  IMAP_CAPABILITY=$IMAP_CAPABILITY_ORIG # with AUTH=CRAM-MD5 and the like, as its comment proposes
  IMAP_CAPABILITY_TLS=$IMAP_CAPABILITY_TLS_ORIG
fi
listen "$IMAP_PORT" imaplogin /usr/bin/imapd
IMAP_TLS=1
IMAP_STARTTLS=NO
listen "$IMAPS_PORT" imaplogin /usr/bin/imapd "$COURIERTLS" -server -tcpd
wait
